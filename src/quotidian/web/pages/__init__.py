"""What stands on each page: forms and words, made from plain values."""
