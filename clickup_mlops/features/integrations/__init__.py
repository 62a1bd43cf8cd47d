"""Integrations."""

from typing import Final

REQUIRES: Final = ("incidents",)
"""Whoever acknowledges alerts is named where people follow their incident."""
