"""Code generation: an ODE system becomes the instructions of an integration step and its surroundings."""
