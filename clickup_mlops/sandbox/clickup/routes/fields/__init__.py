"""Custom fields: definitions, values on tasks, and their undocumented creation."""
