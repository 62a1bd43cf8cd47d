"""Statuses. No documented call makes them; they come with a ClickUp template or by hand."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.apply.steps import Impossible, _templates
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path, fold_name


class Statuses:
    """The calls for statuses."""

    def create(self, site: Site, step: Step) -> str:
        """Wait until the ClickUp template that the list was made from has brought it."""
        return _templates.wait_for(site, step.path, lambda: self.find(site, step.path))

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """It came complete."""

    def find(self, site: Site, path: Path) -> str | None:
        """By name in its list or space."""
        kind, parent_id = site.parent(path)
        name = fold_name(path[-1][1])
        there = site.read(("statuses", parent_id), lambda: _statuses(site, kind, parent_id), name)
        return there.get(name)

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Not by the API."""
        raise Impossible("a status can only be changed in ClickUp")

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """Not by the API."""
        raise Impossible("a status can only be removed in ClickUp")

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """It goes with its list."""
        return ""


def _statuses(site: Site, kind: str | None, parent_id: str) -> dict[str, str]:
    there = site.clickup.lists if kind == "list" else site.clickup.spaces
    return {fold_name(one.name): one.id or one.name for one in there.get(parent_id).statuses}


MAKER = Statuses()
