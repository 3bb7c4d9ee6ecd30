"""What ``quotidian bench`` measures: this engine and other solvers, at equal error, in one process."""
