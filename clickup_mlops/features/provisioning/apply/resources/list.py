"""Lists, in folders or directly in spaces. They cannot be moved to another folder."""

from clickup_mlops.features.provisioning.apply import contents
from clickup_mlops.features.provisioning.apply.created_objects import (
    Left,
    differing,
    listed,
    renamed,
)
from clickup_mlops.features.provisioning.apply.resources import _names, _templates
from clickup_mlops.features.provisioning.apply.session import Session, id_of
from clickup_mlops.features.provisioning.plan.compare import is_equal
from clickup_mlops.features.provisioning.plan.cost import FOLDER_TEMPLATE
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import JsonTable, Path


class Lists:
    """The calls for lists."""

    def create(self, session: Session, step: Step) -> str:
        """Plain, from the ClickUp template that the plan names, or by waiting for the folder's."""
        if step.how.startswith(FOLDER_TEMPLATE):
            return _templates.wait_for(session, step.path, lambda: self.find(session, step.path))
        place, name = _place(session, step.path), step.path[-1][1]
        if template_id := _templates.id_in(step.how):
            options: JsonTable = {**place, **_templates.OPTIONS}
            return session.clickup.templates.create_list(template_id, name, **options)
        text = step.want.attributes.get("description") or None
        return session.clickup.lists.create(name, markdown=text, **place).id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """A ClickUp template brings its own description: it is replaced."""
        text = step.want.attributes.get("description")
        if not text or not _templates.id_in(step.how):
            return
        if fresh or not is_equal("description", session.clickup.lists.get(object_id).content, text):
            session.clickup.lists.update(object_id, markdown=text)

    def find(self, session: Session, path: Path) -> str | None:
        """By name in the folder or space."""
        (level, place_id), lists = session.place(path), session.clickup.lists
        return id_of((lists.of_folder if level == "folder" else lists.of_space)(place_id), path)

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Name and description."""
        changed = {"name": step.changes["name"][1]} if "name" in step.changes else {}
        if "description" in step.changes:
            changed["markdown"] = step.changes["description"][1] or " "
        lists = session.clickup.lists
        _names.change(
            session,
            object_id,
            lambda: lists.update(object_id, **changed),
            lambda: self.find(session, step.path),
            lambda other_id, name: lists.update(other_id, name=name),
        )

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """With its tasks: undo checks each of them first."""
        session.clickup.lists.delete(object_id)

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Tasks that no run made, archived ones too; what is in it, settings."""
        task_list = session.clickup.lists.get(object_id)
        live = {"description": task_list.content}
        return listed(
            renamed(path, task_list.name),
            "archived" if task_list.archived else "",
            contents.of_list(session, path, task_list, left_state),
            differing("list", live, left_state) if left_state.attributes.get("description") else "",
            "a description"
            if task_list.content and not left_state.attributes.get("description")
            else "",
            contents.of_place(session, path, object_id, left_state),
        )


def _place(session: Session, path: Path) -> dict[str, str]:
    level, place_id = session.place(path)
    return {"folder_id" if level == "folder" else "space_id": place_id}


RESOURCE = Lists()
