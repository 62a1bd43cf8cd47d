"""Make an AI/ML workspace from a template, keep it so, take it back."""
