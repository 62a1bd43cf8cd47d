"""Spaces. ClickUp makes them public; privacy and colour need a second call."""

from collections.abc import Mapping
from typing import Any, Final

from clickup_mlops.provision.apply.session import Site, id_of
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Path

_LATER: Final = ("color", "private")


class Spaces:
    """The calls for spaces."""

    def create(self, site: Site, step: Step) -> str:
        """One call: name and ClickApps."""
        return site.clickup.spaces.create(site.workspace, step.path[-1][1]).id

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """What cannot be said when a space is made."""
        wanted = step.want.attributes
        there = {} if fresh else site.clickup.spaces.get(object_id).raw
        rest = {name: wanted[name] for name in _LATER if wanted.get(name)}
        if any(there.get(name) != value for name, value in rest.items()):
            site.clickup.spaces.update(object_id, **rest)

    def find(self, site: Site, path: Path) -> str | None:
        """By name in the workspace."""
        spaces = site.clickup.spaces.all(site.workspace)
        return id_of(spaces, path)

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Name, colour, privacy."""
        changed = {name: after for name, (_, after) in step.changes.items()}
        site.clickup.spaces.update(object_id, **changed)

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """With everything in it: undo asks about each part first."""
        site.clickup.spaces.delete(object_id)

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """Folders and lists are steps of their own; only foreign ones count here."""
        known = set(site.ids.values())
        folders = site.clickup.folders.of_space(object_id)
        lists = site.clickup.lists.of_space(object_id)
        found = [(one.id, one.name) for one in folders] + [(one.id, one.name) for one in lists]
        names = [f'"{name}"' for one, name in found if one not in known]
        return f"{', '.join(names)} in it" if names else ""


MAKER = Spaces()
