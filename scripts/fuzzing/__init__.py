"""Random inputs of the commands, each from a seed and a number, and the judge of what becomes of them."""
