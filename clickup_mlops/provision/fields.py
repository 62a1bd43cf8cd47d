"""How a custom field comes to a place: the ladder adopt, ClickUp template, experimental, manual.

ClickUp documents no call that creates a field. So, in this order: a field of the right name and
type that is there already is adopted; a List or Folder that is created from a ClickUp template
brings the fields that it carries; an undocumented call may be tried if a person switched it on;
and what is left a person must do, with exact instructions (`manual`).

Everything here is pure but `create`, which makes the one experimental call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from clickup_mlops.clickup.fields import option_label
from clickup_mlops.clickup.model import FieldDefinition
from clickup_mlops.errors import ApiError, Forbidden, NotFound, PlanLimit
from clickup_mlops.provision.tree import Level

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.clickup.client.fields import Fields

Way = Literal["adopt", "template", "experimental", "manual"]
Attributes = Mapping[str, Any]
"""Of a field: `type`, and as its type has them `options`, `currency`, `precision`, `count`,
`start`, `end`, `many`."""

WITH_OPTIONS: Final = ("drop_down", "labels")
_SETTINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "currency": {"currency": "currency_type", "precision": "precision"},
    "emoji": {"count": "count"},
    "manual_progress": {"start": "start", "end": "end"},
}
"""Field type -> attribute -> key in ClickUp's `type_config`."""

_BY_PERSON_ONLY: Final = frozenset(
    {"formula", "automatic_progress", "votes", "button", "signature", "app_object"}
)
"""Types that nobody has seen the experimental call create."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What is open at a field's place. `template`: id of the ClickUp template that the place is
    about to be created from; `experimental`: a person switched the undocumented call on; `refused`:
    why ClickUp refused it before.
    """

    level: Level
    template: str = ""
    experimental: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The rung that was taken: `live` for adopt, else `how` in a step's words, and always why.

    `changes` of an adopted field names what does not agree, wanted and found; a person must change
    that, because no call can.
    """

    way: Way
    how: str
    why: str
    live: FieldDefinition | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def readers(client: "ClickUp") -> Mapping[Level, Callable[[str], Sequence[FieldDefinition]]]:
    """The call that lists a place's fields, by the place's level; each takes the place's id."""
    calls = client.fields
    return {
        "team": calls.of_workspace,
        "space": calls.of_space,
        "folder": calls.of_folder,
        "list": calls.of_list,
    }


def choose(name: str, want: Attributes, visible: Sequence[FieldDefinition], ways: Ways) -> Choice:
    """The highest rung that holds. `visible` are the fields that the place has, inherited too."""
    same = [one for one in visible if _fold(one.name) == _fold(name)]
    fitting = [one for one in same if one.type == want["type"]]
    if fitting:
        return _adopted(want, min(fitting, key=lambda one: len(differences(want, one))))
    if same:
        found = same[0]
        why = f"a field of this name is there with type {found.type}, wanted {want['type']}"
        clash = {"type": (found.type, want["type"])}
        return Choice("manual", f"manual: {why}", why, found, clash)
    return _created(want, ways)


def _adopted(want: Attributes, found: FieldDefinition) -> Choice:
    changes = differences(want, found)
    if not changes:
        return Choice("adopt", "api", "a field of this name and type is there", found)
    why = "; ".join(_told(key, before, after) for key, (before, after) in changes.items())
    return Choice("manual", f"manual: {why}", why, found, changes)


def _created(want: Attributes, ways: Ways) -> Choice:
    if ways.template:
        why = "it comes with the ClickUp template that its place is created from"
        return Choice("template", f"template:{ways.template}", why)
    closed = closed_to_experiment(want["type"], ways.level) or _before(ways)
    if ways.experimental and not closed:
        why = "by ClickUp's undocumented call, which you switched on; it cannot be undone by API"
        return Choice("experimental", "experimental", why)
    why = closed if ways.experimental else "ClickUp's API cannot create custom fields"
    return Choice("manual", f"manual: {why}", why)


def _before(ways: Ways) -> str:
    return f"the undocumented call was refused before: {ways.refused}" if ways.refused else ""


def closed_to_experiment(kind: str, level: Level) -> str:
    """Why the undocumented call is of no use here; "" if it may be tried."""
    if level == "folder":
        return "nobody has seen the undocumented call work for Folders"
    if kind in _BY_PERSON_ONLY:
        return f"fields of type {kind} are made in ClickUp only"
    return ""


def differences(want: Attributes, found: FieldDefinition) -> dict[str, tuple[Any, Any]]:
    """Attributes that do not agree: name -> (found, wanted).

    Options that only ClickUp has are left alone, as everything that a template does not name.
    """
    have, wrong = attributes(found), {}
    for key, value in want.items():
        if key == "options":
            if set(map(_fold, value)) - set(map(_fold, have.get("options", ()))):
                wrong[key] = (have.get("options", []), list(value))
        elif key in have and have[key] != value:
            wrong[key] = (have[key], value)
    return wrong


def attributes(found: FieldDefinition) -> dict[str, Any]:
    """A live field in the words of a template."""
    config, known = found.type_config, _SETTINGS.get(found.type, {})
    read: dict[str, Any] = {"type": found.type}
    if found.type in WITH_OPTIONS:
        options = sorted(config.get("options") or (), key=lambda one: one.get("orderindex") or 0)
        read["options"] = [option_label(one) for one in options]
    read |= {ours: config[theirs] for ours, theirs in known.items() if theirs in config}
    if found.type == "users":
        read["many"] = not config.get("single_user", False)
    return read


def wire_config(want: Attributes) -> dict[str, Any]:
    """ClickUp's `type_config` for a new field."""
    kind = want["type"]
    config = {
        theirs: want[ours]
        for ours, theirs in _SETTINGS.get(kind, {}).items()
        if want.get(ours) is not None
    }
    if kind == "drop_down":
        config["options"] = [
            {"name": one, "orderindex": index} for index, one in enumerate(want["options"])
        ]
    elif kind == "labels":
        config["options"] = [{"label": one} for one in want["options"]]
    elif kind == "emoji":
        config = {"code_point": "2b50", **config}
    elif kind == "users" and "many" in want:
        config["single_user"] = not want["many"]
    return config


# The experimental rung


@dataclass(frozen=True, slots=True)
class Refused:
    """ClickUp does not let us; `reason` in words. The field falls to the manual rung.

    `level`: the refusal holds for every field at places of this level; "" for this field only.
    """

    reason: str
    level: Level | Literal[""] = ""


def create(
    calls: "Fields", level: Level, place_id: str, name: str, want: Attributes
) -> FieldDefinition | Refused:
    """Try the undocumented call once.

    Raises:
        ApiError: something else went wrong: the token, the line, a server error.
    """
    try:
        return calls.create_undocumented(level, place_id, name, want["type"], wire_config(want))
    except ApiError as problem:
        if general := refusal(problem):
            return Refused(general, level)
        if problem.code.startswith("FIELD_") or problem.status in (400, 405, 422):
            return Refused(f"ClickUp refused this field ({problem.code or problem.status})")
        raise


def refusal(problem: ApiError) -> str:
    """Why ClickUp creates no field at all; "" if the problem is another one."""
    if isinstance(problem, NotFound) and problem.code == "APP_001":
        return "this Workspace's API has no call that creates fields"
    if isinstance(problem, PlanLimit):
        return "the Workspace's plan does not allow it"
    if isinstance(problem, Forbidden):
        return "the token's user may not create fields through the API"
    return ""


def _told(key: str, found: Any, wanted: Any) -> str:
    if key == "options":
        have = set(map(_fold, found))
        missing = ", ".join(f'"{one}"' for one in wanted if _fold(one) not in have)
        return f"options are missing: {missing}"
    return f"{key} is {found}, wanted {wanted}"


def _fold(name: str) -> str:
    return name.strip().casefold()
