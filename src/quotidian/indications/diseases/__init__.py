"""The indications themselves: every file here declares some in ``INDICATIONS``, found by the registry."""
