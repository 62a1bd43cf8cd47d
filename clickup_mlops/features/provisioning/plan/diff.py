"""From what is wanted and what is there to a plan: one step for each wanted object, parents first.

What a template does not name is in no step, so it is never changed and never deleted. Pure.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from clickup_mlops.features.provisioning import merged_policy
from clickup_mlops.features.provisioning.live.match import SHARED, Match, Matcher
from clickup_mlops.features.provisioning.plan import compare, cost, deferred, messages, tolerated
from clickup_mlops.features.provisioning.plan.abilities import Abilities
from clickup_mlops.features.provisioning.plan.creation_methods import CreationMethods
from clickup_mlops.features.provisioning.plan.model import Operation, Plan, Step, fingerprint
from clickup_mlops.features.provisioning.plan.sequence import in_sequence
from clickup_mlops.features.provisioning.tree import (
    Changes,
    Kind,
    Node,
    Path,
    Tree,
    fold,
    fold_name,
    place_of,
)

STARTERS: Final[frozenset[Kind]] = frozenset({"task", "page"})
"""Kinds that people may rename and move freely once they exist."""
UNSEEN: Final[frozenset[Kind]] = frozenset({"automation", "dashboard"})
"""Kinds that no call can see."""
BY_HAND: Final[frozenset[Kind]] = frozenset({"field", "status", "form"})
"""Kinds that no documented call creates: they need not be adopted once their place is."""
DEFAULT_STATUSES: Final = {"to do": "open", "complete": "closed"}
"""What every new space has, with their types."""


def plan(
    want: Tree, have: Tree, abilities: Abilities, *, template: str = "", reads: int = 0
) -> Plan:
    """The steps from `have` to `want`, in the order of `want`; `reads`: calls that `have` took."""
    steps = tuple(_Planner(want, have, abilities).steps())
    return Plan(template, steps, fingerprint(steps), reads)


class _Planner:
    """Goes through the template from the top; remembers where each place really is."""

    def __init__(self, want: Tree, have: Tree, abilities: Abilities) -> None:
        self._want, self._have, self._abilities = want, have, abilities
        self._matcher = Matcher(want, have, abilities.known.objects)
        self._live: dict[Path, Path] = {(): ()}
        self._methods = CreationMethods(abilities, self._matcher)

    def steps(self) -> Iterator[Step]:
        """One step for each wanted object."""
        for node in in_sequence(self._want):
            match = self._matcher.find(node.path, self._place(node))
            if match.node is not None:
                self._live[node.path] = match.node.path
            yield self._step(node, match)
        yield from self._leftovers()

    def _leftovers(self) -> Iterator[Step]:
        """Tasks that came with a ClickUp template into a List that this template names."""
        desired_paths = set(map(fold, self._want))
        for path, object_id in self._abilities.known.leftovers.items():
            live = self._matcher.by_id("task", object_id)
            if (
                live is not None
                and fold(path[:-1]) in desired_paths
                and fold(path) not in desired_paths
            ):
                yield _manual(Node(path), live, messages.LEFTOVER)

    def _place(self, node: Node) -> Path | None:
        """Where its parent is. A shared object may exist before its parent does."""
        if node.kind not in SHARED:
            return self._live.get(node.parent)
        above = (node.path[:end] for end in range(len(node.path) - 1, -1, -1))
        return next(self._live[path] for path in above if path in self._live)

    def _step(self, node: Node, match: Match) -> Step:
        if node.kind in UNSEEN:
            return self._unseen(node)
        if node.kind == "field" and match.how != "renamed":
            return self._field(node)
        node = self._methods.without_missing(node)
        if match.node is not None:
            if node.kind == "field":
                self._methods.note_renamed(node, match.node)
            return self._existing(node, match.node, match)
        if node.kind == "status":
            return self._status(node)
        if self._is_deleted_starter(node, match):
            return _unchanged_step("keep", node, None, messages.NOT_AGAIN)
        if node.kind == "form":
            return _manual(node, None, "ClickUp's API cannot create forms")
        if node.kind == "policy" and self._is_said(node):
            return _unchanged_step("keep", node, None, messages.SAID)
        how = self._methods.how(node)
        return self._creation(
            node, messages.creation(node, how, was_there=match.how == "gone"), how
        )

    def _is_said(self, node: Node) -> bool:
        """Whether other templates of the Space already say all of a policy: one that was exported
        does not say it a second time. Of a Folder that is new, nothing is said yet.
        """
        space = self._live.get(node.parent)
        folders = [
            (*node.parent, ("folder", entry)) for entry in node.attributes.get("folders", ())
        ]
        if space is None or not all(entry in self._live for entry in folders):
            return False
        policies = (
            entry
            for entry in self._have.values()
            if entry.kind == "policy" and entry.parent == space
        )
        return merged_policy.adds_nothing(node.attributes, (entry.attributes for entry in policies))

    def _is_deleted_starter(self, node: Node, match: Match) -> bool:
        """A starter task that people deleted does not return, unless its List is new."""
        return node.kind == "task" and match.how == "gone" and place_of(node.path) in self._live

    def _creation(self, node: Node, why: str, how: str) -> Step:
        return Step("create", node.path, node, None, why, {}, self._methods.calls(node, how), how)

    def _existing(self, node: Node, live: Node, match: Match) -> Step:
        live = self._methods.with_wanted_names(live)
        memory = self._matcher.memory(node.path)
        last = memory.desired if memory else None
        changes: Changes = compare.changes(node.kind, live.attributes, node.attributes, last)
        if node.kind not in STARTERS:
            changes = {**_elsewhere(node, live, match), **changes}
        accepted = (last or {}).get(tolerated.ACCEPTED, {})
        changes = tolerated.without(changes, node.attributes, accepted)
        if not changes:
            return self._unchanged(node, live, match)
        node = replace(node, attributes=tolerated.carried(node.attributes, accepted))
        if "archived" in changes:
            return _manual(node, live, messages.ARCHIVED, changes)
        if "place" in changes:
            return _manual(node, live, messages.moved(node, live), changes)
        why = messages.drift(changes)
        if reason := messages.unchangeable(node.kind, changes):
            return _manual(node, live, f"{why}; {reason}", changes)
        calls = cost.update(node.kind, changes) + self._methods.reads(node, changes)
        return Step("update", node.path, node, live, why, changes, calls, "api")

    def _unchanged(self, node: Node, live: Node, match: Match) -> Step:
        if not self._is_known(node):
            # What people created gets no deferred values either.
            node = replace(node, attributes=deferred.without_deferred(node.attributes))
            return _unchanged_step("adopt", node, live, "it exists and matches")
        if match.how == "name":
            return _unchanged_step("keep", node, live, messages.unchanged(node))
        return _unchanged_step(
            "keep",
            node,
            live,
            messages.kept_change(live, renamed=match.how == "renamed"),
        )

    def _is_known(self, node: Node) -> bool:
        is_remembered = self._matcher.memory(node.path) is not None
        return is_remembered or (
            node.kind in BY_HAND and self._matcher.memory(node.parent) is not None
        )

    def _field(self, node: Node) -> Step:
        choice, live = self._methods.field(node, self._place(node))
        if choice.method == "adopt" and live is not None:
            return self._unchanged(node, live, Match("name", live))
        if choice.method == "manual":
            memory = self._matcher.memory(node.path)
            accepted = memory.desired.get(tolerated.ACCEPTED, {}) if memory else {}
            remaining = tolerated.without(choice.changes, node.attributes, accepted)
            if live is not None and not remaining:
                return self._unchanged(node, live, Match("name", live))
            was_there = live is None and self._matcher.memory(node.path) is not None
            why = messages.deleted_field(choice.why) if was_there else choice.why
            return _manual(node, live, why, remaining)
        return self._creation(node, choice.why, choice.how)

    def _status(self, node: Node) -> Step:
        if (how := self._methods.how(node)) != "api":
            return self._creation(node, messages.FROM_TEMPLATE, how)
        if self._is_default(node):
            return _unchanged_step("keep", node, None, "every new place here has it")
        self._methods.note_missing_status(node)
        return _manual(node, None, "ClickUp's API cannot create statuses")

    def _is_default(self, node: Node) -> bool:
        """A new list takes the statuses of its space, and a new space ClickUp's own two."""
        if node.parent in self._live:
            return False
        status_type = node.attributes.get("type")
        above = (self._live.get(node.path[:end]) for end in range(len(node.path), 0, -1))
        place = next((path for path in above if path), None)
        if place is None:
            return DEFAULT_STATUSES.get(fold_name(node.name)) == status_type
        inherited = self._matcher.above("status", node.name, place)
        return inherited is not None and inherited.attributes.get("type") == status_type

    def _unseen(self, node: Node) -> Step:
        if node.path in self._abilities.known.confirmed:
            return _unchanged_step("keep", node, None, "confirmed by hand; no call can see it")
        return _manual(node, None, f"ClickUp's API does not know {node.kind}s")


def _elsewhere(node: Node, live: Node, match: Match) -> Changes:
    """What was done to the object as a whole: archived, moved or renamed."""
    if live.attributes.get("archived"):
        return {"archived": (True, False)}
    if match.how == "moved":
        return {"place": (messages.place(live.parent), messages.place(node.parent))}
    return {"name": (live.name, node.name)} if match.how == "renamed" else {}


def _manual(node: Node, live: Node | None, why: str, changes: Changes | None = None) -> Step:
    return Step("manual", node.path, node, live, why, changes or {}, 0, f"manual: {why}")


def _unchanged_step(operation: Operation, node: Node, live: Node | None, why: str) -> Step:
    return Step(operation, node.path, node, live, why)
