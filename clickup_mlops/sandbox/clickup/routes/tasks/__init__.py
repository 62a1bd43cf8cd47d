"""Tasks and what belongs to them."""
