"""Endpoints of trials as values; one file contains name, unit, meaning and computation of each."""
