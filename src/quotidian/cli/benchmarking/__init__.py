"""What ``quotidian bench`` measures: our engine beside its peers, at equal error, in one process."""
