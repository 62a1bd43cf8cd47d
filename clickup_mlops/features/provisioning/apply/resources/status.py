"""Statuses. No documented call makes them; they come with a ClickUp template or by hand."""

from clickup_mlops.features.provisioning.apply.created_objects import Left
from clickup_mlops.features.provisioning.apply.resources import Impossible, _templates
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Path, fold_name


class Statuses:
    """The calls for statuses."""

    def create(self, session: Session, step: Step) -> str:
        """Wait until the ClickUp template that the list was made from has brought it."""
        return _templates.wait_for(session, step.path, lambda: self.find(session, step.path))

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """It came complete."""

    def find(self, session: Session, path: Path) -> str | None:
        """By name in its list or space."""
        kind, parent_id = session.parent(path)
        name = fold_name(path[-1][1])
        ids = session.read(
            ("statuses", parent_id), lambda: _statuses(session, kind, parent_id), name
        )
        return ids.get(name)

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Not by the API."""
        raise Impossible("a status can only be changed in ClickUp")

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """Not by the API."""
        raise Impossible("a status can only be removed in ClickUp")

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """It goes with its list."""
        return ""


def _statuses(session: Session, kind: str | None, parent_id: str) -> dict[str, str]:
    client = session.clickup.lists if kind == "list" else session.clickup.spaces
    return {
        fold_name(status.name): status.id or status.name
        for status in client.get(parent_id).statuses
    }


RESOURCE = Statuses()
