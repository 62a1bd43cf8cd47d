"""Lists, in folders or directly in spaces. They cannot be moved to another folder."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.provision.apply.session import Site, id_of
from clickup_mlops.provision.apply.steps import _templates
from clickup_mlops.provision.plan.compare import same
from clickup_mlops.provision.plan.cost import FOLDER_TEMPLATE
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path


class Lists:
    """The calls for lists."""

    def create(self, site: Site, step: Step) -> str:
        """Plain, from the ClickUp template that the plan names, or by waiting for the folder's."""
        if step.how.startswith(FOLDER_TEMPLATE):
            return _templates.wait_for(site, step.path, lambda: self.find(site, step.path))
        place, name = _place(site, step.path), step.path[-1][1]
        if template_id := _templates.id_in(step.how):
            options: dict[str, Any] = {**place, **_templates.OPTIONS}
            return site.clickup.templates.create_list(template_id, name, **options)
        text = step.want.attributes.get("description") or None
        return site.clickup.lists.create(name, markdown=text, **place).id

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """A template brings its own description: it gets the wanted one."""
        text = step.want.attributes.get("description")
        if not text or not _templates.id_in(step.how):
            return
        if fresh or not same("description", site.clickup.lists.get(object_id).content, text):
            site.clickup.lists.update(object_id, markdown=text)

    def find(self, site: Site, path: Path) -> str | None:
        """By name in the folder or space."""
        (level, place_id), lists = site.place(path), site.clickup.lists
        return id_of((lists.of_folder if level == "folder" else lists.of_space)(place_id), path)

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Name and description."""
        changed = {"name": step.changes["name"][1]} if "name" in step.changes else {}
        if "description" in step.changes:
            changed["markdown"] = step.changes["description"][1] or " "
        site.clickup.lists.update(object_id, **changed)

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """With its tasks: undo asks about each of them first."""
        site.clickup.lists.delete(object_id)

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """Tasks that the template did not make."""
        known = set(site.ids.values())
        found = site.clickup.tasks.in_list(object_id, include_closed=True, subtasks=True)
        foreign = sum(1 for task in found if task.id not in known)
        return f"{foreign} tasks that people made" if foreign else ""


def _place(site: Site, path: Path) -> dict[str, str]:
    level, place_id = site.place(path)
    return {"folder_id" if level == "folder" else "space_id": place_id}


MAKER = Lists()
