"""Virtual trials: designs, conduct with common random numbers, endpoints, and published results."""
