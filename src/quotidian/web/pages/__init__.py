"""Content of each page: forms and text, made from plain values."""
