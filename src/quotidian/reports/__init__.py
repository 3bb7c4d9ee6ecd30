"""Presentation of results: tables, figures, self-contained pages, and files that are written completely or
not at all."""
