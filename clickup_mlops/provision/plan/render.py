"""A plan as text: a tree of what is to be done, and what it costs. Pure, and without colours."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from clickup_mlops.provision.plan import cost, wording
from clickup_mlops.provision.plan.model import ActionType, Plan, Step
from clickup_mlops.provision.tree import Path

MARKS: Final[Mapping[ActionType, str]] = {
    "create": "+",
    "update": "~",
    "adopt": "=",
    "keep": " ",
    "manual": "!",
}
_SAID: Final[Mapping[ActionType, str]] = {
    "create": "to create",
    "update": "to change",
    "adopt": "to adopt",
    "manual": "for a person",
    "keep": "as wanted",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the tree. Lines without an action are details of the line above."""

    action: ActionType | None
    depth: int
    text: str

    def __str__(self) -> str:
        mark = MARKS[self.action] if self.action else " "
        return f"{mark} {'  ' * self.depth}{self.text}"


def lines(plan: Plan, *, everything: bool = False) -> Iterator[Line]:
    """The tree: work and the places around it, or really everything."""
    children: dict[Path, list[Step]] = {}
    for step in plan.steps:
        children.setdefault(step.path[:-1], []).append(step)
    shown = {step.path[:end] for step in plan.work for end in range(1, len(step.path) + 1)}
    yield from _below((), children, None if everything else shown)


def _below(
    place: Path, children: Mapping[Path, list[Step]], shown: set[Path] | None
) -> Iterator[Line]:
    for step in children.get(place, ()):
        if shown is None or step.path in shown:
            yield from _step(step, len(place))
            yield from _below(step.path, children, shown)


def _step(step: Step, depth: int) -> Iterator[Line]:
    kind, name = step.path[-1]
    yield Line(step.action, depth, f'{kind} "{name}"{_aside(step)}')
    for attribute, (found, wanted) in step.changes.items():
        said = f"{attribute}: found {wording.value(found)}, wanted {wording.value(wanted)}"
        yield Line(None, depth + 2, said)


def _aside(step: Step) -> str:
    """What is worth saying behind the name: all but the obvious."""
    if step.how == "experimental":
        return "  (by the undocumented call)"
    if step.how.startswith(cost.UNLESS_COPIED):
        return "  (if the ClickUp template brings none)"
    if step.action == "create" and step.how != "api":
        return "  (comes with a ClickUp template)" if step.path[-1][0] in _RIDERS else _why(step)
    if step.action == "manual":
        return _why(step) if step.have is not None else ""  # why it is not there is said once
    return "" if step.action in ("update", "adopt") or step.why in _OBVIOUS else _why(step)


_RIDERS: Final = ("field", "status")
_OBVIOUS: Final = (wording.AS_WANTED, wording.NOT_THERE)


def _why(step: Step) -> str:
    return f"  ({step.why})"


def summary(plan: Plan, *, per_minute: int = cost.SLOWEST) -> list[str]:
    """How much there is to do, and how long it takes at so many calls a minute."""
    counts = ", ".join(
        f"{plan.counts[action]} {said}" for action, said in _SAID.items() if plan.counts[action]
    )
    minutes = cost.minutes(plan.reads + plan.calls, per_minute)
    time = f"about {minutes} min" if minutes else "no waiting"
    return [
        *(f"x {one.what}. {one.remedy}" for one in plan.problems),
        *_for_people(plan),
        f"{counts or 'Nothing is wanted'}.",
        f"{plan.calls} calls to apply, {plan.reads} used to look: {time} at {per_minute} calls a "
        "minute.",
    ]


def _for_people(plan: Plan) -> Iterator[str]:
    """Why a person must make what is not there, each reason once."""
    absent = Counter(s.why for s in plan.steps if s.action == "manual" and s.have is None)
    for why, count in absent.items():
        yield f"! {count} for a person: {why}."


def text(plan: Plan, *, everything: bool = False, per_minute: int = cost.SLOWEST) -> str:
    """The whole plan as plain text."""
    tree = [str(line).rstrip() for line in lines(plan, everything=everything)]
    done = [] if plan.work else ["Nothing to do: the workspace is as wanted."]
    return "\n".join([*tree, *done, *summary(plan, per_minute=per_minute)])
