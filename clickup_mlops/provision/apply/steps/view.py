"""Views. They name custom fields; ClickUp wants ids, and those of options too."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clickup_mlops.clickup.places import View
from clickup_mlops.provision.apply.session import Known, Site, id_of
from clickup_mlops.provision.plan import compare
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.template import views
from clickup_mlops.provision.tree import Path

_KEYS: Final[Mapping[str, str]] = {
    "group_by": "grouping",
    "group_descending": "grouping",
    "sort_by": "sorting",
    "filter": "filters",
    "match": "filters",
    "show_closed": "filters",
    "columns": "columns",
}
"""Attribute -> the part of ClickUp's definition that holds it."""
_ITSELF: Final = ("name", "type")


class Views:
    """The calls for views."""

    def create(self, site: Site, step: Step) -> str:
        """Whole, with one call."""
        wanted = step.want.attributes
        level, parent_id = site.place(step.path)
        settings = views.to_wire(wanted, _fields(site, step.path, wanted))
        made = site.clickup.views.create(
            level, parent_id, step.path[-1][1], wanted["type"], **settings
        )
        return made.id

    def complete(self, site: Site, step: Step, object_id: str, *, fresh: bool) -> None:
        """Everything was said at once."""

    def copied(self, site: Site, step: Step) -> str | None:
        """By name in its place. It is changed where it differs."""
        path, wanted = step.path, step.want.attributes
        there = site.once(("views", site.parent(path)[1]), lambda: _read(site, path))
        object_id = id_of(there, path)
        for view in there:
            if view.id == object_id:
                live = views.from_wire(view.raw, _fields(site, path, wanted).values())
                changes = compare.changes("view", live, wanted)
                self._change(site, step, view, {name: new for name, (_, new) in changes.items()})
        return object_id

    def find(self, site: Site, path: Path) -> str | None:
        """By name in its place."""
        return id_of(_read(site, path), path)

    def update(self, site: Site, step: Step, object_id: str) -> None:
        """Read it, because it is replaced whole; columns that people added stay."""
        view = site.clickup.views.get(object_id)
        self._change(site, step, view, {name: new for name, (_, new) in step.changes.items()})

    def _change(self, site: Site, step: Step, view: View, changed: dict[str, Any]) -> None:
        if not changed:
            return
        known = _fields(site, step.path, {**step.want.attributes, **changed})
        live = views.from_wire(view.raw, known.values())
        if "columns" in changed:
            changed["columns"] = views.merged_columns(changed["columns"] or (), live["columns"])
        wire = views.to_wire({**live, **changed}, known)
        parts = {_KEYS[name] for name in changed if name in _KEYS}
        settings = {part: wire[part] for part in parts if part in wire}
        settings |= {name: changed[name] for name in _ITSELF if name in changed}
        site.clickup.views.update(view, **settings)

    def remove(self, site: Site, path: Path, object_id: str) -> None:
        """Tasks stay."""
        site.clickup.views.delete(object_id)

    def touched(self, site: Site, path: Path, object_id: str, left: Mapping[str, Any]) -> str:
        """A view holds nothing of its own."""
        return ""


def _read(site: Site, path: Path) -> Sequence[View]:
    return site.clickup.views.of(*site.place(path))


def _fields(site: Site, path: Path, wanted: Mapping[str, Any]) -> Known:
    # Ids are known from the plan; only filters need to know what the options are.
    if views.needs_definitions(wanted):
        return site.definitions(path)
    return site.fields(path)


MAKER = Views()
