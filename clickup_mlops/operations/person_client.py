"""A client with the token of a person who signed in."""

from typing import Final

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.repetition import SILENT
from clickup_mlops.clickup.settings import ClickUpSettings

_TIMEOUT_S: Final = 10.0


def connect(settings: ClickUpSettings, token: str, *, oauth: bool = True) -> ClickUp:
    """Use it in a `with`. It spends the person's own rate budget, not the bot's.

    One try for each call: somebody waits, and may begin again.
    """
    return ClickUp(
        token,
        base_url=settings.base_url,
        oauth=oauth,
        timeout_s=_TIMEOUT_S,
        attempts=1,
        waiting=SILENT,
    )
