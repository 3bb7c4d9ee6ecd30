"""What the arguments of public calls may be, and how others are refused."""
