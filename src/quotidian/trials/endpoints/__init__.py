"""Endpoints of trials as values: name, unit, meaning and computation of each one together in one file."""
