"""Folders: a name, and lists."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.provision.apply.session import Site, id_of
from clickup_mlops.provision.apply.steps import _templates
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path


class Folders:
    """The calls for folders."""

    def create(self, site: Site, step: Step) -> str:
        """Plain, or from the ClickUp template that the plan names."""
        space_id, name = site.within(step.path[:-1], "space"), step.path[-1][1]
        if template_id := _templates.id_in(step.how):
            create = site.clickup.templates.create_folder
            return create(space_id, template_id, name, **_templates.OPTIONS)
        return site.clickup.folders.create(space_id, name).id

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """A folder has nothing else of its own."""

    def find(self, site: Site, path: Path) -> str | None:
        """By name in the space."""
        folders = site.clickup.folders.of_space(site.within(path[:-1], "space"))
        return id_of(folders, path)

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """The API can only rename."""
        site.clickup.folders.rename(object_id, step.changes["name"][1])

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """With its lists: undo asks about each of them first."""
        site.clickup.folders.delete(object_id)

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """Lists that the template did not make."""
        known = set(site.ids.values())
        lists = site.clickup.folders.get(object_id).lists
        names = [f'"{one.name}"' for one in lists if one.id not in known]
        return f"{', '.join(names)} in it" if names else ""


MAKER = Folders()
