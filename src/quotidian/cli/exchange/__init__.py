"""Commands that read problems and archives of other programs."""
