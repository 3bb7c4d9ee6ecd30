"""Statistics: random streams, intervals, survival, power and equivalence. No biology."""
