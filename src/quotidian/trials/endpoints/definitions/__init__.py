"""The endpoints themselves: every file here declares some in ``ENDPOINTS`` and is found by the registry."""
