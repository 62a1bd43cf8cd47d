"""What would stop an apply half-way, found before the first write: rights, ClickApps, plan limits.

Numbers from ClickUp's help pages on its plans; the 60 uses of custom fields are measured.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from clickup_mlops.errors import ApiError, ClickUpMlopsError, Forbidden, NotFound
from clickup_mlops.provision.plan import Plan, Step
from clickup_mlops.provision.site import Site, show
from clickup_mlops.provision.tree import Kind, Path

GUEST: Final = 4
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


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way, and what to do about it."""

    what: str
    remedy: str


_FOR_GUESTS: Final = Problem(
    "the token's user is a guest, who cannot make spaces, folders or lists",
    "Use the token of a member or admin (Workspace Settings > People).",
)


@dataclass(frozen=True)
class Facts:
    """What is known about token and workspace. None and missing mean: unknown, let it pass."""

    plan: str = ""
    role: int | None = None
    spaces: int = 0
    features: Mapping[Path, Mapping[str, Any]] = field(default_factory=dict)
    levels: Mapping[Path, str] = field(default_factory=dict)


def planned(site: Site, make: Callable[[], Plan]) -> Plan:
    """The plan that `make` makes; a refusal to look is explained if a guest's token is the reason.

    Raises:
        Blocked: the token's user is a guest.
    """
    try:
        return make()
    except (Forbidden, NotFound) as problem:
        if _try(lambda: site.clickup.authorization.role(site.workspace), None) != GUEST:
            raise
        raise _blocked([_FOR_GUESTS]) from problem


def look(site: Site, plan: Plan) -> Facts:
    """Ask ClickUp: four calls, and one for each existing folder and list that something is made
    in; none if the plan writes nothing.

    Raises:
        Unauthorized: the token is wrong.
    """
    if not any(step.verb in _WRITES for step in plan.steps):
        return Facts()
    spaces = {one.id: one for one in _try(lambda: site.clickup.spaces.all(site.workspace), ())}
    return Facts(
        plan=_try(lambda: site.clickup.authorization.plan(site.workspace), ""),
        role=_try(lambda: site.clickup.authorization.role(site.workspace), None),
        spaces=len(spaces),
        features={path: spaces[id].features for path, id in _live(plan, 1) if id in spaces},
        levels=_levels(site, plan),
    )


def _levels(site: Site, plan: Plan) -> dict[Path, str]:
    """What the token may do in the existing folders and lists that something is made in."""
    parents = {step.path[:-1] for step in plan.work if step.verb == "create"}
    places = {path: id for path, id in _live(plan) if path in parents}
    readers = {"folder": site.clickup.folders, "list": site.clickup.lists}
    return {
        path: _try(lambda there=readers[path[-1][0]], id=id: _level(there.get(id)), "")
        for path, id in places.items()
        if path[-1][0] in readers
    }


def _level(place: Any) -> str:
    return str(place.raw.get("permission_level") or "")


def _live(plan: Plan, depth: int | None = None) -> Iterator[tuple[Path, str]]:
    """Existing objects with their ids, at one depth or at all."""
    for step in plan.steps:
        if step.have is not None and step.have.id and depth in (None, len(step.path)):
            yield step.path, step.have.id


def check(plan: Plan, facts: Facts) -> None:
    """Stop if the plan cannot be carried out.

    Raises:
        Blocked: names every problem with its remedy.
    """
    if found := problems(plan, facts):
        raise _blocked(found)


def _blocked(found: Sequence[Problem]) -> Blocked:
    return Blocked(
        "this cannot be applied: " + "; ".join(one.what for one in found),
        hint=" ".join(one.remedy for one in found),
    )


def problems(plan: Plan, facts: Facts) -> list[Problem]:
    """Everything that stands in the way of the plan's writes. Pure."""
    making = [step for step in plan.work if step.verb == "create"]
    writing = [step for step in plan.work if step.verb in _WRITES]
    if not writing:
        return []
    return [
        *_rights(facts, writing),
        *_clickapps(facts, making),
        *_amounts(facts, plan, making),
        *_uses(facts, making),
    ]


def _rights(facts: Facts, writing: Iterable[Step]) -> Iterator[Problem]:
    if facts.role == GUEST:
        yield _FOR_GUESTS
        return
    closed = {path for path, level in facts.levels.items() if level in READ_ONLY}
    for path in sorted({step.path[:-1] for step in writing} & closed):
        yield Problem(
            f"the token may only read {show(path)}",
            f"Give its user edit rights there (Sharing & Permissions of {show(path)}).",
        )


def _clickapps(facts: Facts, making: Iterable[Step]) -> Iterator[Problem]:
    needed = {(step.path[:1], step.path[-1][0]) for step in making}
    if any(step.want.attributes.get("checklists") for step in making):
        needed |= {(step.path[:1], "task") for step in making if step.path[-1][0] == "task"}
    for space, kind in sorted(needed):
        app, title = CLICKAPPS.get(
            kind, ("checklists", "Checklists") if kind == "task" else ("", "")
        )
        features = facts.features.get(space, {})
        if app and not features.get(app, {}).get("enabled", True):
            yield Problem(
                f'the ClickApp "{title}" is off in {show(space)}',
                f'Switch it on: {show(space)} > Settings > ClickApps > "{title}".',
            )


def _amounts(facts: Facts, plan: Plan, making: Iterable[Step]) -> Iterator[Problem]:
    here = Counter(
        (step.path[:-1], step.path[-1][0]) for step in plan.steps if step.have is not None
    )
    new = Counter((step.path[:-1], step.path[-1][0]) for step in making)
    for (place, kind), count in new.items():
        limits: Mapping[Kind, Mapping[str, int]] = {
            "space": SPACES,
            "folder": FOLDERS,
            "list": LISTS,
        }
        allowed = limits.get(kind, {}).get(facts.plan)
        there = facts.spaces if kind == "space" else here[place, kind]
        if allowed is not None and there + count > allowed:
            yield Problem(
                f"the {facts.plan} plan allows {allowed} {kind}s in {show(place)}; "
                f"{there} are there and {count} more are wanted",
                "Remove some, or upgrade the plan.",
            )


def _uses(facts: Facts, making: Iterable[Step]) -> Iterator[Problem]:
    values = sum(len(step.want.attributes.get("fields") or ()) for step in making)
    allowed = FIELD_USES.get(facts.plan)
    if allowed is not None and values > allowed:
        yield Problem(
            f"the {facts.plan} plan allows {allowed} uses of custom fields, ever; "
            f"the starter tasks need {values}",
            "Leave out the starter tasks' field values, or upgrade the plan.",
        )
    views = Counter(
        step.want.attributes.get("type") for step in making if step.path[-1][0] == "view"
    )
    for kind, most in VIEW_USES.get(facts.plan, {}).items():
        if views[kind] > most:
            yield Problem(
                f"the {facts.plan} plan allows {most} uses of {kind} views, not {views[kind]}",
                "Use list or board views, or upgrade the plan.",
            )


def _try(ask: Any, otherwise: Any) -> Any:
    """The answer; what cannot be asked is unknown, and the write itself will tell."""
    try:
        return ask()
    except (Forbidden, NotFound):
        return otherwise
    except ApiError as problem:
        if problem.status in (400, 402, 501):
            return otherwise
        raise
