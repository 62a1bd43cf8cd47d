"""Reads `templates/*.toml`. All that can be wrong is found here, with file and key, all at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from clickup_mlops import content
from clickup_mlops.errors import ContentError
from clickup_mlops.features.provisioning.template import check, layers, parameters, schema
from clickup_mlops.features.provisioning.template import instance as instances
from clickup_mlops.features.provisioning.template.layers import Layer
from clickup_mlops.features.provisioning.template.model import Template
from clickup_mlops.features.provisioning.template.parameter import Parameter
from clickup_mlops.features.provisioning.template.parameters import Location
from clickup_mlops.features.provisioning.tree import fold_name
from clickup_mlops.spelling import suggest_word

HINT: Final = (
    "`clickup-mlops help templates` lists every key; `provision schema` is for your editor."
)
_PARAMETERS: Final = TypeAdapter(dict[str, Parameter])
Problems = list[tuple[Location, str]]


@dataclass(frozen=True, slots=True)
class Headline:
    """What a list of templates shows, before parameters are given."""

    name: str
    file: Path
    summary: str
    strategy: str
    version: str
    parameters: Mapping[str, Parameter]


def names(folder: Path) -> list[str]:
    """The templates in a folder."""
    return [path.stem for path in content.list_toml_files(folder)]


def headline(folder: Path, name: str) -> Headline:
    """A template's summary and parameters.

    Raises:
        ContentError: its file, or one that it is laid over, cannot be used.
    """
    table = layers.read(folder, name)
    texts = {key: str(table.get(key, "")) for key in ("summary", "strategy")}
    version = str(table.get("version", "1"))
    return Headline(name, table.file, **texts, version=version, parameters=_declared(table))


def load(
    folder: Path,
    name: str,
    texts: Mapping[str, str] | None = None,
    *,
    instance: str | None = None,
    automations: Collection[str] | None = None,
) -> Template:
    """A template with its parameters filled in.

    `given` are the texts of `--set`, `instance` names the space (`--as`), `automations` are the
    names that `enable` may use (None: any).

    Raises:
        ContentError: a file cannot be used; every problem is listed with file and key.
        InputError: a parameter is unknown, missing or wrong.
    """
    table = layers.read(folder, name)
    declared = _declared(table)
    named = _as_parameter(table, declared, instance)
    values = parameters.values(declared, {**(texts or {}), **named})
    problems: Problems = []
    filled = parameters.filled(table, values, problems)
    _report(table, problems)
    if instance:
        if not named:
            _name_space(filled, instance)
        if fold_name(instance) != fold_name(_own_space(table, declared)):
            _name_channels(filled, instance)
    template = _shaped(filled).named(name, instances.of(table, filled, values))
    _report(filled, check.problems(template, automations))
    return template


def _declared(table: Layer) -> dict[str, Parameter]:
    try:
        return _PARAMETERS.validate_python(table.get("parameters", {}))
    except ValidationError as wrong:
        _report(table, _listed(wrong, "parameters"))
        raise


def _as_parameter(
    table: Layer, declared: Mapping[str, Parameter], instance: str | None
) -> dict[str, str]:
    """The parameter that the space is named by: `--as` sets it, so that whatever else contains it,
    such as the name of a channel, is of this instance too.
    """
    space = table.get("space")
    name = str(space.get("name", "")) if isinstance(space, Layer) else ""
    match = parameters.WHOLE.fullmatch(name)
    return {match[1]: instance} if instance and match and match[1] in declared else {}


def _name_space(table: Layer, name: str) -> None:
    space = table.get("space")
    if isinstance(space, Layer):
        space.put("name", name, space.file)


def _own_space(table: Layer, declared: Mapping[str, Parameter]) -> str:
    """The name of the Space without `--as`."""
    space = table.get("space")
    name = str(space.get("name", "")) if isinstance(space, Layer) else ""
    match = parameters.WHOLE.fullmatch(name)
    return str(declared[match[1]].default) if match and match[1] in declared else name


def _name_channels(place: Layer, space: str) -> None:
    """Channels have one name in the whole Workspace: that of another instance is not this one's."""
    for kind, entries in place.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            if isinstance(entry, Layer) and kind == "channel":
                name = str(entry.get("name", ""))
                if fold_name(space) not in fold_name(name):
                    entry.put("name", f"{name} ({space})", entry.file)
            elif isinstance(entry, Layer):
                _name_channels(entry, space)


def _shaped(table: Layer) -> Template:
    try:
        return Template.model_validate(table)
    except ValidationError as wrong:
        _report(table, _listed(wrong))
        raise


def _listed(wrong: ValidationError, *above: str) -> Problems:
    return [
        ((*above, *error["loc"]), _explain(error["type"], (*above, *error["loc"]), error["msg"]))
        for error in wrong.errors(include_url=False, include_input=False)
    ]


def _explain(kind: str, at: Location, message: str) -> str:
    if kind != "extra_forbidden":
        return message.removeprefix("Value error, ")
    *table, wrong = at
    keys = schema.keys_at(table)
    guess = suggest_word(str(wrong), keys, otherwise=f"; known: {', '.join(keys)}")
    return f"there is no such key{guess}" if keys else "there is no such key"


def _report(table: Layer, problems: Problems) -> None:
    if not problems:
        return
    blamed = [(*layers.blame(table, at), text) for at, text in problems]
    (file, key, first), *further = blamed
    lines = [first, *(f"{path}: {where}: {text}" for path, where, text in further)]
    raise ContentError(file, key, "\n".join(lines), hint=HINT)
