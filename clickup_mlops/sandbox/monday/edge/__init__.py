"""HTTP around the schema: tokens, limits, faults, and the forms of errors."""
