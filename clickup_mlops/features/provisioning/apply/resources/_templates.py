"""ClickUp's own templates as a means of creation: the only documented way to new custom fields.

Creating from one answers before the content is there, so what comes with it is waited for.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from clickup_mlops.errors import RetryableApiError
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.tree import Path, show

T = TypeVar("T")

OPTIONS: Final = {
    "return_immediately": False,
    "custom_fields": True,
    "old_statuses": True,
    "include_views": True,
    "automation": True,
}
"""What comes along. Tasks of the template are content, and come too."""

FIRST_S: Final = 0.25
LONGEST_S: Final = 60.0
"""Waits double from the first one until this much time has passed in total."""

_PREFIX: Final = "template:"


def id_in(how: str) -> str:
    """The ClickUp template's id in a step's `how`; "" if it is made otherwise."""
    return how.removeprefix(_PREFIX) if how.startswith(_PREFIX) else ""


def wait_for(session: Session, path: Path, look: Callable[[], T | None]) -> T:
    """Poll until it is there.

    Raises:
        RetryableApiError: it did not appear in time; applying again goes on waiting.
    """
    waited, pause = 0.0, FIRST_S
    while (object_ := look()) is None:
        if waited >= LONGEST_S:
            raise RetryableApiError(
                f"{show(path)} was not created by its ClickUp template within {LONGEST_S:.0f} s",
                hint="Apply again later. If it never appears, check that the template contains it.",
            )
        session.sleep(pause)
        waited, pause = waited + pause, min(2 * pause, LONGEST_S - waited)
    return object_
