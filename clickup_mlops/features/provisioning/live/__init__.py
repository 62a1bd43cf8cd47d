"""A live workspace in, the same kind of tree out; and back into a template file."""
