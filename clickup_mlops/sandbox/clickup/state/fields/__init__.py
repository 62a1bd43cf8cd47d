"""Custom fields: definitions, values, their undocumented creation, and filters on them."""
