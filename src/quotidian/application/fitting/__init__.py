"""Fits as commands run them: files in, models resolved, results written."""
