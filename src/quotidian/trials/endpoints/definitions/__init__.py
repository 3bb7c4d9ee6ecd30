"""The endpoints: every file here declares some in ``ENDPOINTS``, and the registry finds it."""
