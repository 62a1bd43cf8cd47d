"""How each kind of object is made, changed, found again and removed: one file per kind.

The file's name is the kind; it defines `MAKER`. What is not in `MAKER`'s power raises `Impossible`,
which undo lists and apply never meets, because the plan calls such steps manual.
"""

import sys
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol, runtime_checkable

from clickup_mlops import registry
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.fields import Refused
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path


class Impossible(ClickUpMlopsError):
    """ClickUp's API cannot do it; the message says what a person can do."""


class NotAllowed(ClickUpMlopsError):
    """ClickUp did not let us use a way that it does not promise; a person must do it."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


class Maker(Protocol):
    """The calls for one kind of object."""

    def create(self, site: Site, step: Step) -> str:
        """Make the object with one call; its id. Not repeatable: the caller settles doubts."""

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """Add what `create` could not say. Unless `fresh`, look first what is there already."""

    def find(self, site: Site, path: Path) -> str | None:
        """Read the container again: the object's id, or None if it is not there."""

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Carry out `step.changes`. Repeatable."""

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """Delete it. Raises Impossible where the API has no way."""

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """What people put into it since it was made with `left`; "" for nothing."""


@runtime_checkable
class Rides(Protocol):
    """A kind that may come with the ClickUp template that its place was copied from."""

    def copied(self, site: Site, step: Step) -> str | None:
        """The id of what the copy brought under this name, now as wanted as an existing object is;
        None if it brought none. Its place is read once in a run.
        """


@cache
def makers() -> Mapping[str, Maker]:
    """Every kind's maker, by kind."""
    return registry.find(sys.modules[__name__], "MAKER")
