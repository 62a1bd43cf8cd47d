"""Spaces. ClickUp creates them public; privacy and colour need a second call."""

from typing import Final

from clickup_mlops.features.provisioning.apply import contents
from clickup_mlops.features.provisioning.apply.created_objects import (
    Left,
    differing,
    foreign,
    listed,
    renamed,
)
from clickup_mlops.features.provisioning.apply.resources import _names
from clickup_mlops.features.provisioning.apply.session import Session, id_of
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Path, fold_name

_SECOND_CALL: Final = ("color", "private")


class Spaces:
    """The calls for spaces."""

    def create(self, session: Session, step: Step) -> str:
        """One call: name and ClickApps."""
        return session.clickup.spaces.create(session.workspace, step.path[-1][1]).id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """What cannot be set when a space is created."""
        desired = step.want.attributes
        live = {} if fresh else session.clickup.spaces.get(object_id).raw
        settings = {name: desired[name] for name in _SECOND_CALL if desired.get(name)}
        if any(live.get(name) != value for name, value in settings.items()):
            session.clickup.spaces.update(object_id, **settings)

    def find(self, session: Session, path: Path) -> str | None:
        """By name in the workspace."""
        spaces = session.clickup.spaces.all(session.workspace)
        return id_of(spaces, path)

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Name, colour, privacy."""
        changed = {name: after for name, (_, after) in step.changes.items()}
        update = session.clickup.spaces.update
        _names.change(
            session,
            object_id,
            lambda: update(object_id, **changed),
            lambda: self.find(session, step.path),
            lambda other_id, name: update(other_id, name=name),
        )

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """With everything in it: undo checks each part first."""
        session.clickup.spaces.delete(object_id)

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Folders and Lists that no run made, archived ones too; tags, what is in it, settings."""
        space = session.clickup.spaces.get(object_id)
        live = {"color": str(space.raw.get("color") or "").lower(), "private": space.private}
        places = [
            foreign(f"{state}{noun}", read(object_id, archived=bool(state)), left_state)
            for noun, read in (
                ("Folder", session.clickup.folders.of_space),
                ("List", session.clickup.lists.of_space),
            )
            for state in ("", "archived ")
        ]
        tags = [
            f'"{tag.name}"'
            for tag in session.clickup.tags.of_space(object_id)
            if fold_name(tag.name) not in left_state.runs_made
            and not left_state.is_bots_tag(tag.name)
        ]
        return listed(
            renamed(path, space.name),
            "archived" if space.archived else "",
            *places,
            f"tag {', '.join(tags)}" if tags else "",
            differing("space", live, left_state),
            contents.of_place(session, path, object_id, left_state),
        )


RESOURCE = Spaces()
