"""Commands that estimate parameters from data, and that check the estimates."""
