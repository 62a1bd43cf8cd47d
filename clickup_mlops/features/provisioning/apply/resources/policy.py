"""What a template says about the tasks of its Space. Kept in the bot's own store: no call."""

from dataclasses import replace

from clickup_mlops.features.provisioning.apply.created_objects import Left
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Attributes, Path
from clickup_mlops.store.tables.space_policies import SpacePolicy, id_of


class Policies:
    """The rows of policies."""

    def create(self, session: Session, step: Step) -> str:
        """Keep it; repeatable."""
        (_, space), (_, name) = step.path[-2:]
        body = dict(step.want.attributes)
        folders = _folders(session, step.path, body)
        policy = SpacePolicy(
            session.workspace, session.id(step.path[:-1]), space, name, folders, body
        )
        session.policies.put(policy, session.now_ms())
        return policy.id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """Everything was said at once."""

    def find(self, session: Session, path: Path) -> str | None:
        """By its Space and its name."""
        policy = session.policies.get(id_of(session.id(path[:-1]), path[-1][1]))
        return policy.id if policy else None

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Keep the tables that changed, beside the others."""
        policy = session.policies.get(object_id)
        if policy is not None:
            changed = {name: desired for name, (_, desired) in step.changes.items()}
            body = {**policy.body, **changed}
            folders = _folders(session, step.path, body)
            session.policies.put(replace(policy, folders=folders, body=body), session.now_ms())

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """Forget it."""
        session.policies.remove(object_id)

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """People put nothing into it."""
        return None if session.policies.get(object_id) is None else ""


def _folders(session: Session, path: Path, body: Attributes) -> tuple[str, ...]:
    """The ids of those of the template's Folders that are there."""
    paths: list[Path] = [(*path[:-1], ("folder", name)) for name in body.get("folders", ())]
    return tuple(session.ids[folder_path] for folder_path in paths if folder_path in session.ids)


RESOURCE = Policies()
