"""Custom fields: they come with a ClickUp template, or by the undocumented call if switched on."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.provision import fields
from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.apply.steps import Impossible, NotAllowed, _templates
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Level, Path, fold_name


class Fields:
    """The calls for custom field definitions."""

    def create(self, site: Site, step: Step) -> str:
        """By the way that the plan names."""
        if step.how != "experimental":
            return _templates.wait_for(site, step.path, lambda: self.find(site, step.path))
        level, parent_id = site.place(step.path)
        made = site.refused.get(level) or fields.create(
            site.clickup.fields, level, parent_id, step.path[-1][1], step.want.attributes
        )
        if isinstance(made, fields.Refused):
            if made.level:
                site.refused[made.level] = made
            raise NotAllowed(made)
        return made.id

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """Everything was said at once."""

    def find(self, site: Site, path: Path) -> str | None:
        """By name where it was made."""
        level, parent_id = site.place(path)
        name = fold_name(path[-1][1])
        there = site.read(("fields", parent_id), lambda: _fields(site, level, parent_id), name)
        return there.get(name)

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Not by the API."""
        raise Impossible("a custom field can only be changed in ClickUp")

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """Not by the API."""
        raise Impossible("ClickUp's API cannot delete custom fields: use the Custom Field Manager")

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """It stays anyway."""
        return ""


def _fields(site: Site, level: Level, parent_id: str) -> dict[str, str]:
    read = fields.readers(site.clickup)[level]
    return {fold_name(one.name): one.id for one in read(parent_id)}


MAKER = Fields()
