"""Long commands that are ended at random moments, and damaged results: what the next run makes of them."""
