"""Steady states: periodic orbits of a model, and their continuation as an input changes."""
