"""How each missing object can be created: API, ClickUp template, experimental call, by hand. Pure.

Used while a plan is made from the top down, so that everything about a place is known before the
objects in it.
"""

from dataclasses import replace

from clickup_mlops.clickup.model import FieldDefinition
from clickup_mlops.features.provisioning import fields
from clickup_mlops.features.provisioning.live.match import Matcher
from clickup_mlops.features.provisioning.plan import cost, deferred
from clickup_mlops.features.provisioning.plan.abilities import Abilities
from clickup_mlops.features.provisioning.template import views
from clickup_mlops.features.provisioning.tree import (
    Changes,
    Node,
    Path,
    fold_name,
    level_of,
    place_of,
)


class CreationMethods:
    """Chooses creation methods, and remembers what later objects depend on."""

    def __init__(self, abilities: Abilities, matcher: Matcher) -> None:
        self._abilities, self._matcher = abilities, matcher
        self._templated: dict[Path, str] = {}
        self._missing_fields: set[tuple[Path, str]] = set()
        self._missing_statuses: set[tuple[Path, str]] = set()
        self._renamed: dict[str, str] = {}
        self._polled: set[tuple[str, Path]] = set()
        self._read: set[Path] = set()

    def how(self, node: Node) -> str:
        """For a step's `how`; remembers which places come from a ClickUp template."""
        if node.kind in ("folder", "list"):
            return self._place(node)
        if node.kind == "status" and node.parent in self._templated:
            return f"{cost.TEMPLATE}{self._templated[node.parent]}"
        if node.kind in cost.COPYABLE and (around := self._templated.get(place_of(node.path))):
            return f"{cost.UNLESS_COPIED}{around}"
        return "api"

    def _place(self, node: Node) -> str:
        abilities = self._abilities
        templates = (
            abilities.folder_templates if node.kind == "folder" else abilities.list_templates
        )
        by_name = {fold_name(name): template_id for name, template_id in templates.items()}
        if template := by_name.get(fold_name(str(node.attributes.get("template") or ""))):
            self._templated[node.path] = template
            return f"{cost.TEMPLATE}{template}"
        if around := self._templated.get(node.parent):
            self._templated[node.path] = around
            return f"{cost.FOLDER_TEMPLATE}{around}"
        return "api"

    def calls(self, node: Node, how: str) -> int:
        """Calls to create it. What comes with a place is read once for all of its kind."""
        if node.kind in ("field", "status") and how.startswith(cost.TEMPLATE):
            return self._first(node)
        copied = self._first(node) if how.startswith(cost.UNLESS_COPIED) else 0
        if node.kind == "list" and cost.is_copied(how):
            copied = self._once("task", node.path)  # to see which tasks came along
        return copied + cost.create(node.kind, node.attributes, how) + self.reads(node)

    def _first(self, node: Node) -> int:
        """One call for the first of a kind in a place: it is read once for all."""
        return self._once(node.kind, place_of(node.path))

    def _once(self, kind: str, path: Path) -> int:
        if (kind, path) in self._polled:
            return 0
        self._polled.add((kind, path))
        return 1

    def reads(self, node: Node, changes: Changes | None = None) -> int:
        """Calls that read the ids of options, for the objects that need them; once for a place."""
        needs_definitions = node.kind == "view" and views.needs_definitions(node.attributes)
        values = node.attributes.get("fields") if changes is None else deferred.values(changes)
        if not needs_definitions and not (node.kind == "task" and values):
            return 0
        unread = set(cost.definition_places(node.path)) - self._read
        self._read |= unread
        return len(unread)

    def field(self, node: Node, place: Path | None) -> tuple[fields.Choice, Node | None]:
        """The creation method of a field, and the field that exists."""
        existing = self._matcher.above("field", node.name, place) if place is not None else None
        level = level_of(node.parent)
        available = fields.Available(
            level,
            self._templated.get(node.parent, ""),
            self._abilities.experimental,
            self._refusal(node, level),
        )
        choice = fields.choose(
            node.name,
            node.attributes,
            [_definition(existing)] if existing is not None else [],
            available,
        )
        if choice.method == "manual" and (existing is None or "type" in choice.changes):
            self._missing_fields.add((node.parent, fold_name(node.name)))
        return choice, existing

    def _refusal(self, node: Node, level: str) -> str:
        """Why the undocumented call was refused before, for this field or for all of the level."""
        refused = self._abilities.known.refused
        refusals = [refused[node.path]] if node.path in refused else []
        refusals += [refusal for refusal in refused.values() if refusal.level == level]
        return refusals[0].reason if refusals else ""

    def note_renamed(self, node: Node, live: Node) -> None:
        """Note that a field has another name in ClickUp."""
        self._renamed[fold_name(live.name)] = node.name

    def with_wanted_names(self, live: Node) -> Node:
        """A live view with fields by their names in the template, whatever they are called now."""
        if live.kind != "view" or not self._renamed:
            return live
        return replace(live, attributes=views.renamed(live.attributes, self._renamed))

    def note_missing_status(self, node: Node) -> None:
        """Note that tasks cannot be created with this status yet."""
        self._missing_statuses.add((node.parent, fold_name(node.name)))

    def without_missing(self, node: Node) -> Node:
        """A view or task without fields and statuses that must be created by hand first.

        A view gets its fields, a task the values of its fields as soon as the fields are there.
        """
        if node.kind == "view":
            attributes = views.without(node.attributes, _within(self._missing_fields, node))
            return replace(node, attributes=attributes)
        return self._task(node) if node.kind == "task" else node

    def _task(self, node: Node) -> Node:
        attributes = deferred.without(node.attributes, _within(self._missing_fields, node))
        if fold_name(attributes.get("status", "")) in _within(self._missing_statuses, node):
            attributes[deferred.STATUS] = attributes.pop("status")
        return replace(node, attributes=attributes)


def _definition(live: Node) -> FieldDefinition:
    """A live node as ClickUp defines the field."""
    attributes = live.attributes
    kind, config = str(attributes["type"]), fields.wire_config(attributes)
    return FieldDefinition(live.id or "", live.name, kind, config)


def _within(named: set[tuple[Path, str]], node: Node) -> set[str]:
    """The names that apply to a node: those of the places around it."""
    return {name for place, name in named if node.parent[: len(place)] == place}
