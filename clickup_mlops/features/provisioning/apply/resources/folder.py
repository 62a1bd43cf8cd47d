"""Folders: a name, and lists."""

from clickup_mlops.features.provisioning.apply import contents
from clickup_mlops.features.provisioning.apply.created_objects import Left, foreign, listed, renamed
from clickup_mlops.features.provisioning.apply.resources import _names, _templates
from clickup_mlops.features.provisioning.apply.session import Session, id_of
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Path


class Folders:
    """The calls for folders."""

    def create(self, session: Session, step: Step) -> str:
        """Plain, or from the ClickUp template that the plan names."""
        space_id, name = session.within(step.path[:-1], "space"), step.path[-1][1]
        if template_id := _templates.id_in(step.how):
            create = session.clickup.templates.create_folder
            return create(space_id, template_id, name, **_templates.OPTIONS)
        return session.clickup.folders.create(space_id, name).id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """A folder has nothing else of its own."""

    def find(self, session: Session, path: Path) -> str | None:
        """By name in the space."""
        folders = session.clickup.folders.of_space(session.within(path[:-1], "space"))
        return id_of(folders, path)

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """The API can only rename."""
        rename = session.clickup.folders.rename
        _names.change(
            session,
            object_id,
            lambda: rename(object_id, step.changes["name"][1]),
            lambda: self.find(session, step.path),
            rename,
        )

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """With its lists: undo checks each of them first."""
        session.clickup.folders.delete(object_id)

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Lists and Folders that no run made, archived ones too; what is in it, another name."""
        folder = session.clickup.folders.get(object_id)
        space_id = session.within(path, "space")
        away = session.clickup.lists.of_folder(object_id, archived=True)
        return listed(
            renamed(path, folder.name),
            "archived" if folder.archived else "",
            foreign("List", folder.lists, left_state),
            foreign("archived List", away, left_state),
            foreign("Folder", contents.folders_in(session, space_id, object_id), left_state),
            contents.statuses(session, path, folder, left_state),
            contents.of_place(session, path, object_id, left_state),
        )


RESOURCE = Folders()
