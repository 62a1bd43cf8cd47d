"""Moves boards of other tools into ClickUp: complete, resumable, verified, and it can be undone.

In the order of the work: a source gives records, a mapping says where each of them goes, the
columns convert values, a plan counts, a run performs steps, and verification reads both sides back.
"""

from typing import Final

REQUIRES: Final = ("provisioning",)
"""Features without which this one is left out."""
