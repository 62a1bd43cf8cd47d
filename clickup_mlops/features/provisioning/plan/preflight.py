"""What would stop an apply half-way, found before the first write: rights, ClickApps, plan limits.

Numbers from ClickUp's help pages on its plans; the 60 uses of custom fields are measured.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeVar

from clickup_mlops.errors import ApiError, ClickUpMlopsError, Forbidden, NotFound
from clickup_mlops.features.provisioning.live.reader import Rights
from clickup_mlops.features.provisioning.plan import deferred
from clickup_mlops.features.provisioning.plan.model import Plan, Problem, Step
from clickup_mlops.features.provisioning.tree import LOCAL, Kind, Path, show

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.clickup.client.resources.authorization import Authorization

T = TypeVar("T")
U = TypeVar("U")

GUEST: Final = 4
WITH_CUSTOM_ROLES: Final = "Enterprise"
SPACES: Final[Mapping[str, int]] = {"Free": 5}
FOLDERS: Final[Mapping[str, int]] = {"Free": 100, "Unlimited": 200, "Business": 400}
LISTS: Final[Mapping[str, int]] = {"Free": 100, "Unlimited": 200}
FIELD_USES: Final[Mapping[str, int]] = {"Free": 60}
VIEW_USES: Final[Mapping[str, Mapping[str, int]]] = {
    "Free": {"gantt": 60, "timeline": 60, "workload": 60},
    "Unlimited": {"timeline": 100},
}
CLICKAPPS: Final[Mapping[Kind, tuple[str, str]]] = {
    "tag": ("tags", "Tags"),
    "field": ("custom_fields", "Custom Fields"),
}
"""Kind -> the ClickApp that it needs: name on the wire, name in ClickUp's pages."""
_WRITES: Final = ("create", "update")
READ_ONLY: Final = frozenset({"read", "comment"})
"""`permission_level`s with which nothing can be made in a place."""


class Blocked(ClickUpMlopsError):
    """Applying would fail; nothing was written. The hint holds the remedies."""


@dataclass(frozen=True)
class Facts:
    """What is known about token and workspace. None, "" and missing mean: unknown, let it pass.

    `custom` is the custom role of the token's user, and `role` then the one that it inherits from.
    """

    plan: str = ""
    role: int | None = None
    custom: str = ""
    rights: Rights = field(default_factory=Rights)


def checked(client: "ClickUp", workspace: str, plan: Plan, rights: Rights) -> Plan:
    """The plan with everything that blocks it, and with the calls that checking took: three,
    a fourth on Enterprise, where custom roles are; none if the plan writes nothing.
    """
    if not plan.writes:
        return plan
    before = client.calls
    facts = replace(read_facts(client.authorization, workspace), rights=rights)
    reads = plan.reads + client.calls - before
    return replace(plan, reads=reads, problems=tuple(problems(plan, facts)))


def explained(client: "ClickUp", workspace: str, look: Callable[[], T]) -> T:
    """What looking gives; a refusal to look is explained if a guest's token is the reason.

    Raises:
        Blocked: the token's user is a guest.
    """
    try:
        return look()
    except (Forbidden, NotFound) as problem:
        facts = read_facts(client.authorization, workspace)
        if facts.role != GUEST:
            raise
        raise blocked([_for_guests(facts)]) from problem


def read_facts(authorization: "Authorization", workspace: str) -> Facts:
    """Who the token's user is here."""
    me = _try(lambda: authorization.user().id, None)
    role = _try(lambda: authorization.roles(workspace), {}).get(me) if me is not None else None
    facts = Facts(_try(lambda: authorization.plan(workspace), ""), role)
    if not facts.plan.startswith(WITH_CUSTOM_ROLES):
        return facts
    custom = _try(lambda: authorization.custom_roles(workspace), ())
    mine = [custom_role for custom_role in custom if me in custom_role.members]
    return replace(facts, role=mine[0].inherited_role, custom=mine[0].name) if mine else facts


def check(plan: Plan) -> None:
    """Stop if the plan cannot be applied.

    Raises:
        Blocked: names every problem with its remedy.
    """
    if plan.problems and plan.writes:
        raise blocked(plan.problems)


def blocked(problems: Sequence[Problem]) -> Blocked:
    """The error that names them all."""
    return Blocked(
        "this cannot be applied: " + "; ".join(problem.what for problem in problems),
        hint=" ".join(dict.fromkeys(problem.remedy for problem in problems)),
    )


def problems(plan: Plan, facts: Facts) -> list[Problem]:
    """Everything that blocks the plan's writes. Pure."""
    making = [step for step in plan.work if step.operation == "create"]
    writing = [
        step for step in plan.work if step.operation in _WRITES and step.path[-1][0] not in LOCAL
    ]
    return [
        *_rights(plan, facts, writing),
        *_clickapps(plan, facts, making),
        *_amounts(facts, plan, making),
        *_uses(facts, writing),
    ]


def _rights(plan: Plan, facts: Facts, writing: Sequence[Step]) -> Iterator[Problem]:
    if writing and facts.role == GUEST:
        yield _for_guests(facts)
        return
    levels = {path: facts.rights.levels.get(id) for path, id in _live(plan)}
    places = {_place(step, levels) for step in writing}
    for path in sorted(place for place in places if levels.get(place) in READ_ONLY):
        yield Problem(
            f"the token may only read {show(path)}",
            f"Give its user edit rights there (Sharing & Permissions of {show(path)}).",
        )


def _place(step: Step, levels: Mapping[Path, str | None]) -> Path:
    """Whose rights apply to a step: those of the nearest place that has them."""
    inside = len(step.path) - (step.have is None)
    paths = (step.path[:end] for end in range(inside, 0, -1))
    return next((path for path in paths if levels.get(path)), ())


def _for_guests(facts: Facts) -> Problem:
    reason = (
        f'has the custom role "{facts.custom}", based on guest' if facts.custom else "is a guest"
    )
    return Problem(
        f"the token's user {reason}: guests cannot create spaces, folders or lists",
        "Use the token of a member or admin (Workspace Settings > People).",
    )


def _live(plan: Plan) -> Iterator[tuple[Path, str]]:
    """Existing objects with their ids."""
    for step in plan.steps:
        if step.have is not None and step.have.id:
            yield step.path, step.have.id


def _clickapps(plan: Plan, facts: Facts, making: Sequence[Step]) -> Iterator[Problem]:
    kinds = {(step.path[:1], step.path[-1][0]) for step in making}
    if any(step.want.attributes.get("checklists") for step in making):
        kinds |= {(step.path[:1], "task") for step in making if step.path[-1][0] == "task"}
    ids = dict(_live(plan))
    for space, kind in sorted(kinds):
        app, title = CLICKAPPS.get(
            kind, ("checklists", "Checklists") if kind == "task" else ("", "")
        )
        features = facts.rights.features.get(ids.get(space, ""), {})
        if app and not features.get(app, {}).get("enabled", True):
            yield Problem(
                f'the ClickApp "{title}" is off in {show(space)}',
                f'Enable it: {show(space)} > Settings > ClickApps > "{title}".',
            )


def _amounts(facts: Facts, plan: Plan, making: Iterable[Step]) -> Iterator[Problem]:
    existing = Counter(
        (step.path[:-1], step.path[-1][0]) for step in plan.steps if step.have is not None
    )
    new = Counter((step.path[:-1], step.path[-1][0]) for step in making)
    for (place, kind), count in new.items():
        limits: Mapping[Kind, Mapping[str, int]] = {
            "space": SPACES,
            "folder": FOLDERS,
            "list": LISTS,
        }
        limit = limits.get(kind, {}).get(facts.plan)
        current = len(facts.rights.features) if kind == "space" else existing[place, kind]
        if limit is not None and current + count > limit:
            yield Problem(
                f"the {facts.plan} plan allows {limit} {kind}s in {show(place)}; "
                f"{current} exist and {count} more would be created",
                "Remove some, or upgrade the plan.",
            )


def _uses(facts: Facts, writing: Sequence[Step]) -> Iterator[Problem]:
    values = sum(map(_values, writing))
    limit = FIELD_USES.get(facts.plan)
    if limit is not None and values > limit:
        yield Problem(
            f"the {facts.plan} plan allows {limit} uses of custom fields, ever; "
            f"the starter tasks need {values}",
            "Leave out the starter tasks' field values, or upgrade the plan.",
        )
    views = Counter(
        step.want.attributes.get("type") for step in writing if step.path[-1][0] == "view"
    )
    for kind, most in VIEW_USES.get(facts.plan, {}).items():
        if views[kind] > most:
            yield Problem(
                f"the {facts.plan} plan allows {most} uses of {kind} views, not {views[kind]}",
                "Use list or board views, or upgrade the plan.",
            )


def _values(step: Step) -> int:
    """How many values of custom fields a step sets."""
    field_values = step.want.attributes.get("fields") if step.operation == "create" else None
    return len(field_values or ()) + len(deferred.values(step.changes))


def _try(read: Callable[[], T], otherwise: U) -> T | U:
    """The answer; what cannot be read is unknown, and the write itself will show it."""
    try:
        return read()
    except (Forbidden, NotFound):
        return otherwise
    except ApiError as problem:
        if problem.status in (400, 402, 501):
            return otherwise
        raise
