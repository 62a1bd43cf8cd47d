"""Conditions in CEL: the language, its functions, and what its variables may ask."""
