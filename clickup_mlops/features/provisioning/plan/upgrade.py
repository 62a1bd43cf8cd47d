"""A new version of a template on a live space: what the template changed is applied, what people
changed is kept. Pure.

Three values are compared for each change of a plan: what the last apply wanted, what the template
wants now, and what is there. Where only the template changed, the change is made; where only
people changed it, it is not; where both did, it is a conflict, and people win by default.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from clickup_mlops.features.provisioning.plan.compare import is_equal
from clickup_mlops.features.provisioning.plan.model import Plan, Problem, Step
from clickup_mlops.features.provisioning.tree import LOCAL, Node, Path, fold, show

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.tables.provisions import Remembered

Side = Literal["people", "template"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that people changed. `wanted` is the template's; `conflict`: it changed it too."""

    path: Path
    attribute: str
    before: object
    found: object
    wanted: object
    conflict: bool


@dataclass(frozen=True)
class Upgrade:
    """A plan without what people changed, those differences, and paths that are no longer named."""

    plan: Plan
    theirs: tuple[Difference, ...]
    unnamed: tuple[Path, ...]

    @property
    def conflicts(self) -> tuple[Difference, ...]:
        """What both sides changed."""
        return tuple(difference for difference in self.theirs if difference.conflict)


def upgrade(
    plan: Plan,
    base: "Mapping[Path, Remembered]",
    named: Collection[Path],
    *,
    prefer: Side = "people",
) -> Upgrade:
    """Take people's changes out of a plan. `base` is what the last apply wanted, by path; `named`
    are the paths that only this instance of the template has named.

    With `prefer="template"` conflicts go to the template; what only people changed is kept.
    """
    memory = {fold(path): entry for path, entry in base.items()}
    steps: list[Step] = []
    theirs: list[Difference] = []
    for step in plan.steps:
        differences = list(_theirs(step, memory.get(fold(step.path))))
        theirs += differences
        stays = {
            entry.attribute for entry in differences if prefer == "people" or not entry.conflict
        }
        steps.append(_without(step, stays))
    desired = {fold(step.path) for step in plan.steps}
    unnamed = tuple(path for path in base if path in named and fold(path) not in desired)
    steps += [_emptied(path, base[path]) for path in unnamed if _is_kept_here(path, base[path])]
    unnamed = tuple(path for path in unnamed if path[-1][0] not in LOCAL)
    problems = (*plan.problems, *_name_clashes(steps, theirs))
    changed = replace(plan, steps=tuple(steps), problems=problems)
    return Upgrade(changed, tuple(theirs), unnamed)


def _name_clashes(steps: Iterable[Step], theirs: Iterable[Difference]) -> Iterator[Problem]:
    """What is to be created under a name that people gave to something else beside it."""
    names = {
        fold(
            (*difference.path[:-1], (difference.path[-1][0], str(difference.found)))
        ): difference.path
        for difference in theirs
        if difference.attribute == "name"
    }
    for step in steps:
        existing = names.get(fold(step.path))
        if step.operation == "create" and existing is not None:
            yield Problem(
                f"{show(step.path)} cannot be created: people gave this name to {show(existing)}",
                "Rename it in ClickUp, or use `provision apply`, which gives it its name back.",
            )


def _is_kept_here(path: Path, base: "Remembered") -> bool:
    return path[-1][0] in LOCAL and any(base.desired.values())


def _emptied(path: Path, base: "Remembered") -> Step:
    """What only the bot's own store holds goes when no template names it any more."""
    have = Node(path, base.desired, base.object_id)
    want = Node(path, {name: type(value)() for name, value in base.desired.items()})
    changes = {name: (have.attributes[name], want.attributes[name]) for name in want.attributes}
    return Step("update", path, want, have, "the template no longer has it", changes)


def _theirs(step: Step, base: "Remembered | None") -> Iterator[Difference]:
    if step.operation != "update" or base is None:
        return
    for name, (current, desired) in step.changes.items():
        # An object's name is the last part of its path, not one of its attributes.
        before = step.path[-1][1] if name == "name" else base.desired.get(name)
        if not is_equal(name, before, current):
            conflict = not is_equal(name, before, desired)
            yield Difference(step.path, name, before, current, desired, conflict)


def _without(step: Step, names: set[str]) -> Step:
    if not names:
        return step
    changes = {name: pair for name, pair in step.changes.items() if name not in names}
    if changes:
        return replace(step, changes=changes)
    return replace(
        step,
        operation="keep",
        changes={},
        calls=0,
        why="it was changed in ClickUp; the change is kept",
    )
