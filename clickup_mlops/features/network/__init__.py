"""Network."""

from typing import Final

REQUIRES: Final = ("metrics",)
"""Features without which this one is left out."""
