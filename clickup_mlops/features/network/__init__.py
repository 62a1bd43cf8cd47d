"""Network."""

from typing import Final

REQUIRES: Final = ("metrics", "integrations")
"""Features without which this one is left out."""
