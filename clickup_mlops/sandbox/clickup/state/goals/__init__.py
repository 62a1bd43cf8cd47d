"""Goals and their targets, which the API calls key results."""
