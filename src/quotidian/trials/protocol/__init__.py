"""Protocol: designs and their rules as values, with their validation."""
