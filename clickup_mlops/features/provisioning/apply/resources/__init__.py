"""How each kind of object is created, updated, found again and deleted: one file per kind.

The file's name is the kind; it defines `RESOURCE`. A kind without a file has no calls at all. What
a resource cannot do raises `Impossible`: undo lists it, and apply never meets it, because the plan
calls such steps manual.
"""

from collections.abc import Mapping
from functools import cache
from typing import NoReturn, Protocol, runtime_checkable

from clickup_mlops import registry
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.provisioning.apply.created_objects import Left
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.fields import Refused
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import KINDS, Path


class Impossible(ClickUpMlopsError):
    """ClickUp's API cannot do it; the message says what a person can do."""


class NotAllowed(ClickUpMlopsError):
    """ClickUp refused a call that it does not document; the step must be done by hand."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


class Resource(Protocol):
    """The calls for one kind of object."""

    def create(self, session: Session, step: Step) -> str:
        """Create the object with one call; its id. Not repeatable: the caller resolves doubts."""

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """Add what `create` could not set. Unless `fresh`, first read what is there already."""

    def find(self, session: Session, path: Path) -> str | None:
        """Read the container again: the object's id, or None if it is not there."""

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Make `step.changes`. Repeatable."""

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """Delete it. Raises Impossible where the API has no call."""

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """What people added to it or changed since the bot left it; "" for nothing, None if it is
        gone.
        """


@runtime_checkable
class Copied(Protocol):
    """A kind that may come with the ClickUp template that its place was created from."""

    def copied(self, session: Session, step: Step) -> str | None:
        """The id of what the template brought under this name, updated like an existing object;
        None if it brought none. Its place is read once in a run.
        """


class ManualOnly:
    """A kind that ClickUp's API does not know. Its steps are manual; only undo may meet it."""

    def create(self, session: Session, step: Step) -> str:
        """Must be done by hand."""
        self._refuse(step.path)

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """Must be done by hand."""
        self._refuse(step.path)

    def find(self, session: Session, path: Path) -> str | None:
        """No call can see it."""
        return None

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Must be done by hand."""
        self._refuse(step.path)

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """Must be done by hand."""
        self._refuse(path)

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """No call can see it."""
        return ""

    def _refuse(self, path: Path) -> NoReturn:
        raise Impossible(f"ClickUp's API does not know {path[-1][0]}s: do it in ClickUp")


@cache
def resources() -> Mapping[str, Resource]:
    """Every kind's resource, by kind."""
    from clickup_mlops.features.provisioning.apply import resources as folder

    manual: dict[str, Resource] = dict.fromkeys(KINDS, ManualOnly())
    return manual | registry.find(folder, "RESOURCE")
