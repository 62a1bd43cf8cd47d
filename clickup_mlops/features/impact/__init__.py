"""What changed since the bot came into use, measured on the team's own data."""

from typing import Final

REQUIRES: Final = ("discovery", "metrics", "migration")
"""Features without which this one is left out."""
