"""Tokens, consent and user groups."""
