"""A plan as text: a tree of what is to be done, and what it costs. Pure, and without colours."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from clickup_mlops.features.provisioning.plan import cost, messages, safety
from clickup_mlops.features.provisioning.plan.model import Operation, Plan, Step
from clickup_mlops.features.provisioning.tree import Kind, Path
from clickup_mlops.spelling import format_count

MARKS: Final[Mapping[Operation, str]] = {
    "create": "+",
    "update": "~",
    "adopt": "=",
    "keep": " ",
    "manual": "!",
}
NO_CHANGES: Final = "No changes. The workspace is up to date."
_COUNTED: Final[Mapping[Operation, str]] = {
    "create": "to create",
    "update": "to update",
    "adopt": "to adopt",
    "manual": "by hand",
    "keep": "up to date",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the tree. Lines without an operation are details of the line above."""

    operation: Operation | None
    depth: int
    text: str

    def __str__(self) -> str:
        mark = MARKS[self.operation] if self.operation else " "
        return f"{mark} {'  ' * self.depth}{self.text}"


def lines(plan: Plan, *, show_all: bool = False) -> Iterator[Line]:
    """The tree: steps with work and the places around them, or every step."""
    children: dict[Path, list[Step]] = {}
    for step in plan.steps:
        children.setdefault(step.path[:-1], []).append(step)
    visible = {step.path[:end] for step in plan.work for end in range(1, len(step.path) + 1)}
    yield from _below((), children, None if show_all else visible)


def _below(
    place: Path, children: Mapping[Path, list[Step]], visible: set[Path] | None
) -> Iterator[Line]:
    for step in children.get(place, ()):
        if visible is None or step.path in visible:
            yield from _step(step, len(place))
            yield from _below(step.path, children, visible)


def _step(step: Step, depth: int) -> Iterator[Line]:
    kind, name = step.path[-1]
    yield Line(step.operation, depth, f'{kind} "{name}"{_detail(step)}{_aside(step)}')
    for attribute, (current, desired) in step.changes.items():
        text = f"{attribute}: found {messages.value(current)}, wanted {messages.value(desired)}"
        yield Line(None, depth + 2, text)


def _detail(step: Step) -> str:
    """What a new object is like: the type of a field or view, options, events."""
    if step.have is not None or step.operation not in ("create", "manual"):
        return ""
    want, kind = step.want.attributes, step.path[-1][0]
    details = [str(want["type"])] if kind in ("field", "view", "status") else []
    details += [
        f"{key} {messages.value(want[key])}"
        for key in _DETAILS.get(kind, ())
        if want.get(key) not in (None, "", [])
    ]
    return f": {', '.join(details)}" if details else ""


_DETAILS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "field": ("options", "currency", "precision", "unit"),
    "webhook": ("events",),
}


def _aside(step: Step) -> str:
    """The remark after the name: every reason but the obvious."""
    if step.how == "experimental":
        return "  (by the undocumented call)"
    if step.how.startswith(cost.UNLESS_COPIED):
        return "  (if the ClickUp template creates none)"
    if step.operation == "create" and step.how != "api":
        return "  (created by a ClickUp template)" if step.path[-1][0] in _RIDERS else _why(step)
    if step.operation == "manual":
        return (
            _why(step) if step.have is not None or step.why.startswith(messages.DELETED) else ""
        )  # why it is missing is printed once, below
    return "" if step.operation in ("update", "adopt") or step.why in _OBVIOUS else _why(step)


_RIDERS: Final = ("field", "status")
_OBVIOUS: Final = (messages.UP_TO_DATE, messages.MISSING)


def _why(step: Step) -> str:
    return f"  ({step.why})"


def summary(plan: Plan, *, per_minute: int = cost.SLOWEST) -> list[str]:
    """How much there is to do, and how long it takes at so many calls a minute."""
    counts = ", ".join(
        f"{plan.counts[entry]} {text}" for entry, text in _COUNTED.items() if plan.counts[entry]
    )
    minutes = cost.minutes(plan.reads + plan.calls, per_minute)
    time = f"about {minutes} min" if minutes else "within a minute"
    return [
        *(f"x {entry.what}. {entry.remedy}" for entry in plan.problems),
        *_by_hand(plan),
        *_wide(plan),
        f"Plan: {counts or 'the template is empty'}.",
        f"{format_count(plan.calls, 'API call')} to apply, {plan.reads} used to plan: {time} at "
        f"{format_count(per_minute, 'call')} a minute.",
    ]


def _by_hand(plan: Plan) -> Iterator[str]:
    """Why something must be created by hand, each reason once."""
    absent = Counter(
        s.why
        for s in plan.steps
        if s.operation == "manual" and s.have is None and not s.why.startswith(messages.DELETED)
    )
    for why, count in absent.items():
        yield f"! {count} must be done by hand: {why}."


def _wide(plan: Plan) -> Iterator[str]:
    """What apply will ask for, because much of what exists would change."""
    radius = safety.of(plan)
    if radius.is_wide:
        yield (
            f"x This changes {radius.changed} of {radius.of} existing objects: apply stops unless "
            f"it is given --allow {radius.changed}."
        )


def markdown(plan: Plan) -> str:
    """For a pull request, a comment or a chat message."""
    heading = f"The workspace differs from the template {plan.template}."
    if not plan.work:
        return f"The workspace is up to date with the template {plan.template}."
    tree = [str(line).rstrip() for line in lines(plan)]
    bullets = [f"- {line.removeprefix('! ').removeprefix('x ')}" for line in summary(plan)]
    return "\n".join([heading, "", "```diff", *tree, "```", "", *bullets])


def text(plan: Plan, *, show_all: bool = False, per_minute: int = cost.SLOWEST) -> str:
    """The whole plan as plain text."""
    tree = [str(line).rstrip() for line in lines(plan, show_all=show_all)]
    status = [] if plan.work else [NO_CHANGES]
    return "\n".join([*tree, *status, *summary(plan, per_minute=per_minute)])
