"""Views. They name custom fields; ClickUp expects ids, and those of options too."""

from collections.abc import Mapping, Sequence
from typing import Final

from clickup_mlops.clickup.hierarchy import View
from clickup_mlops.features.provisioning.apply.created_objects import (
    Left,
    differing,
    listed,
    renamed,
)
from clickup_mlops.features.provisioning.apply.session import Known, Session, id_of
from clickup_mlops.features.provisioning.plan import compare
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.template import views
from clickup_mlops.features.provisioning.tree import Attributes, JsonTable, Path

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

    def create(self, session: Session, step: Step) -> str:
        """Whole, with one call."""
        desired = step.want.attributes
        level, parent_id = session.place(step.path)
        settings = views.to_wire(desired, _fields(session, step.path, desired))
        created = session.clickup.views.create(
            level, parent_id, step.path[-1][1], desired["type"], **settings
        )
        return created.id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """`create` set everything."""

    def copied(self, session: Session, step: Step) -> str | None:
        """By name in its place. It is changed where it differs."""
        path, desired = step.path, step.want.attributes
        live_views = session.once(("views", session.parent(path)[1]), lambda: _read(session, path))
        object_id = id_of(live_views, path)
        for view in live_views:
            if view.id == object_id:
                live = views.from_wire(view.raw, _fields(session, path, desired).values())
                changes = compare.changes("view", live, desired)
                self._change(session, step, view, {name: new for name, (_, new) in changes.items()})
        return object_id

    def find(self, session: Session, path: Path) -> str | None:
        """By name in its place."""
        return id_of(_read(session, path), path)

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Read it, because it is replaced whole; columns that people added stay."""
        view = session.clickup.views.get(object_id)
        self._change(session, step, view, {name: new for name, (_, new) in step.changes.items()})

    def _change(self, session: Session, step: Step, view: View, changed: JsonTable) -> None:
        if not changed:
            return
        definitions = _fields(session, step.path, {**step.want.attributes, **changed})
        live = views.from_wire(view.raw, definitions.values())
        if "columns" in changed:
            changed["columns"] = views.merged_columns(changed["columns"] or (), live["columns"])
        wire = views.to_wire({**live, **changed}, definitions)
        parts = {_KEYS[name] for name in changed if name in _KEYS}
        settings = {part: wire[part] for part in parts if part in wire}
        settings |= {name: changed[name] for name in _ITSELF if name in changed}
        session.clickup.views.update(view, **settings)

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """Tasks stay."""
        session.clickup.views.delete(object_id)

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Another name, columns, grouping, sorting or filters."""
        view = session.clickup.views.get(object_id)
        definitions = _fields(session, path, left_state.attributes)
        live = views.from_wire(view.raw, definitions.values())
        more = set(live["columns"]) - set(left_state.attributes.get("columns") or live["columns"])
        columns = f"columns {', '.join(sorted(more))}" if more else ""
        return listed(renamed(path, view.name), differing("view", live, left_state), columns)


def _read(session: Session, path: Path) -> Sequence[View]:
    return session.clickup.views.of(*session.place(path))


def _fields(session: Session, path: Path, desired: Attributes) -> Known:
    # Ids are known from the plan; only filters need to know what the options are.
    if views.needs_definitions(desired):
        return session.definitions(path)
    return session.fields(path)


RESOURCE = Views()
