"""How far training runs are, and what is wrong with them."""

from typing import Final

REQUIRES: Final = ("metrics",)
"""Features without which this one is left out."""
