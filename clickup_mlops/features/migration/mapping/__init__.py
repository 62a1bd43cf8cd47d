"""The mapping: a file that is drafted from the source, reviewed by a person, and then obeyed."""
