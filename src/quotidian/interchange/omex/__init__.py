"""COMBINE archives with simulations in SED-ML: read and run, and written."""
