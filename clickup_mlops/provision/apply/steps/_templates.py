"""ClickUp's own templates as a means of creation: the only documented way to new custom fields.

Creating from one answers before the content is there, so what comes with it is waited for.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from clickup_mlops.errors import RetryableApiError
from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.tree import Path, show

T = TypeVar("T")

OPTIONS: Final = {
    "return_immediately": False,
    "custom_fields": True,
    "old_statuses": True,
    "include_views": True,
    "automation": True,
}
"""What rides along. Tasks of the template are content, and come too."""

FIRST_S: Final = 0.25
LONGEST_S: Final = 60.0
"""Waits double from the first one until this much time has passed in total."""

_PREFIX: Final = "template:"


def id_in(how: str) -> str:
    """The ClickUp template's id in a step's `how`; "" if it is made otherwise."""
    return how.removeprefix(_PREFIX) if how.startswith(_PREFIX) else ""


def wait_for(site: Site, path: Path, look: Callable[[], T | None]) -> T:
    """Look until it is there.

    Raises:
        RetryableApiError: it did not come in time; applying again goes on waiting.
    """
    waited, pause = 0.0, FIRST_S
    while (found := look()) is None:
        if waited >= LONGEST_S:
            raise RetryableApiError(
                f"{show(path)} did not come with its ClickUp template within {LONGEST_S:.0f} s",
                hint="Apply again later; if it never comes, does the template hold it?",
            )
        site.sleep(pause)
        waited, pause = waited + pause, min(2 * pause, LONGEST_S - waited)
    return found
