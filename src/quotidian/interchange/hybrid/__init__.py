"""Files as hybrid systems: smooth equations between instants, and what happens at these."""
