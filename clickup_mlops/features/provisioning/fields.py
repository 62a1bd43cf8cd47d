"""How a custom field is created: by adopting, ClickUp template, experimental call, or by hand.

ClickUp documents no call that creates a field. The creation methods, in order: an existing
field of the right name and type is adopted; a List or Folder that is created from a ClickUp
template brings its fields; an undocumented call is tried if it is enabled; and the rest must be
done by hand, with exact instructions (`manual`).

Everything here is pure but `create`, which makes the one experimental call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from clickup_mlops.clickup.fields import read_option_label
from clickup_mlops.clickup.model import FieldDefinition
from clickup_mlops.errors import ApiError, Forbidden, NotFound, PlanLimit
from clickup_mlops.features.provisioning.tree import Attributes, Changes, JsonTable, Level

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.clickup.client.resources.fields import Fields

Method = Literal["adopt", "template", "experimental", "manual"]

WITH_OPTIONS: Final = ("drop_down", "labels")
_SETTINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "currency": {"currency": "currency_type", "precision": "precision"},
    "emoji": {"count": "count"},
    "manual_progress": {"start": "start", "end": "end"},
}
"""Field type -> attribute -> key in ClickUp's `type_config`."""

_MANUAL_ONLY: Final = frozenset(
    {"formula", "automatic_progress", "votes", "button", "signature", "app_object"}
)
"""Types that the experimental call is not known to create."""


@dataclass(frozen=True, slots=True)
class Available:
    """What is available at a field's place. `template`: id of the ClickUp template that the place
    will be created from; `experimental`: the undocumented call is enabled; `refused`: why ClickUp
    refused it before.
    """

    level: Level
    template: str = ""
    experimental: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The creation method that was chosen: `live` for adopt, else `how` as in a step, and why.

    `changes` of an adopted field names what differs, found and wanted; it must be changed by hand,
    because no call can.
    """

    method: Method
    how: str
    why: str
    live: FieldDefinition | None = None
    changes: Changes = field(default_factory=dict)


def readers(client: "ClickUp") -> Mapping[Level, Callable[[str], Sequence[FieldDefinition]]]:
    """The call that lists a place's fields, by the place's level; each takes the place's id."""
    calls = client.fields
    return {
        "team": calls.of_workspace,
        "space": calls.of_space,
        "folder": calls.of_folder,
        "list": calls.of_list,
    }


def choose(
    name: str, want: Attributes, visible: Sequence[FieldDefinition], available: Available
) -> Choice:
    """The first method that applies. `visible` are the fields that the place has, inherited too."""
    namesakes = [field for field in visible if _fold(field.name) == _fold(name)]
    fitting = [field for field in namesakes if field.type == want["type"]]
    if fitting:
        return _adopted(want, min(fitting, key=lambda field: len(differences(want, field))))
    if namesakes:
        namesake = namesakes[0]
        why = f"a field of this name exists with type {namesake.type}, wanted {want['type']}"
        clash = {"type": (namesake.type, want["type"])}
        return Choice("manual", f"manual: {why}", why, namesake, clash)
    return _created(want, available)


def _adopted(want: Attributes, field: FieldDefinition) -> Choice:
    changes = differences(want, field)
    if not changes:
        return Choice("adopt", "api", "a field of this name and type exists", field)
    why = "; ".join(_difference(key, before, after) for key, (before, after) in changes.items())
    return Choice("manual", f"manual: {why}", why, field, changes)


def _created(want: Attributes, available: Available) -> Choice:
    if available.template:
        why = "it is created by the ClickUp template of its place"
        return Choice("template", f"template:{available.template}", why)
    unavailable = experiment_unavailable(want["type"], available.level) or _refused_before(
        available
    )
    if available.experimental and not unavailable:
        why = "by ClickUp's undocumented call, which is enabled; the API cannot undo it"
        return Choice("experimental", "experimental", why)
    why = unavailable if available.experimental else "ClickUp's API cannot create custom fields"
    return Choice("manual", f"manual: {why}", why)


def _refused_before(available: Available) -> str:
    return (
        f"the undocumented call was refused before: {available.refused}"
        if available.refused
        else ""
    )


def experiment_unavailable(kind: str, level: Level) -> str:
    """Why the undocumented call cannot work here; "" if it may be tried."""
    if level == "folder":
        return "the undocumented call is not known to work for Folders"
    if kind in _MANUAL_ONLY:
        return f"fields of type {kind} can only be created in ClickUp"
    return ""


def differences(want: Attributes, field: FieldDefinition) -> Changes:
    """Attributes that differ: name -> (found, wanted).

    Options that only ClickUp has are left alone, as everything that a template does not name.
    """
    have, wrong = attributes(field), {}
    for key, value in want.items():
        if key == "options":
            if set(map(_fold, value)) - set(map(_fold, have.get("options", ()))):
                wrong[key] = (have.get("options", []), list(value))
        elif key in have and have[key] != value:
            wrong[key] = (have[key], value)
    return wrong


def attributes(field: FieldDefinition) -> Any:
    """A live field in the words of a template."""
    config, settings = field.type_config, _SETTINGS.get(field.type, {})
    read: Any = {"type": field.type}
    if field.type in WITH_OPTIONS:
        options = sorted(
            config.get("options") or (), key=lambda option: option.get("orderindex") or 0
        )
        read["options"] = [read_option_label(option) for option in options]
    read |= {ours: config[theirs] for ours, theirs in settings.items() if theirs in config}
    if field.type == "users":
        read["many"] = not config.get("single_user", False)
    return read


def wire_config(want: Attributes) -> JsonTable:
    """ClickUp's `type_config` for a new field."""
    kind = want["type"]
    config = {
        theirs: want[ours]
        for ours, theirs in _SETTINGS.get(kind, {}).items()
        if want.get(ours) is not None
    }
    if kind == "drop_down":
        config["options"] = [
            {"name": option, "orderindex": index} | _color(want, option)
            for index, option in enumerate(want["options"])
        ]
    elif kind == "labels":
        config["options"] = [{"label": option} | _color(want, option) for option in want["options"]]
    elif kind == "emoji":
        config = {"code_point": "2b50", **config}
    elif kind == "users" and "many" in want:
        config["single_user"] = not want["many"]
    return config


def _color(want: Attributes, option: str) -> JsonTable:
    color = (want.get("colors") or {}).get(option)
    return {"color": color} if color else {}


# The experimental method


@dataclass(frozen=True, slots=True)
class Refused:
    """ClickUp refused the call; `reason` in words. The field must then be created by hand.

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
        return "the API of this Workspace has no call that creates fields"
    if isinstance(problem, PlanLimit):
        return "the Workspace's plan does not allow it"
    if isinstance(problem, Forbidden):
        return "the token's user may not create fields through the API"
    return ""


def _difference(key: str, current: Any, desired: Any) -> str:
    if key == "options":
        have = set(map(_fold, current))
        missing = ", ".join(f'"{option}"' for option in desired if _fold(option) not in have)
        return f"options are missing: {missing}"
    return f"{key} is {current}, wanted {desired}"


def _fold(name: str) -> str:
    return name.strip().casefold()
