"""List the templates, or show the parameters of one.

A template that cannot be used is reported with its file and key; the exit code is then 1.
"""

from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.provision import _request
from clickup_mlops.errors import ContentError

if TYPE_CHECKING:
    from clickup_mlops.provision.template.load import Headline


@click.command(help=__doc__)
@click.argument("name", metavar="[TEMPLATE]", required=False)
@_request.template_folder
@_options.as_json
def command(name: str | None, folder: File | None, as_json: bool) -> int:
    from clickup_mlops import content
    from clickup_mlops.provision.template import load

    where = content.folder("templates", folder)
    if name is not None:
        _show(load.headline(where, name), as_json)
        return 0
    found, problems = _all(where)
    if as_json:
        listed = {"templates": list(map(_plain, found)), "problems": list(map(str, problems))}
        _out.json_value({"folder": str(where), **listed})
    else:
        rows = [(one.name, one.strategy, one.version, one.summary) for one in found]
        _out.table(("name", "strategy", "version", "summary"), rows)
        click.echo(f"from {where}")
    if problems:
        raise problems[0]
    return 0


def _all(where: File) -> "tuple[list[Headline], list[ContentError]]":
    from clickup_mlops.provision.template import load

    found, problems = [], []
    for name in load.names(where):
        try:
            found.append(load.headline(where, name))
        except ContentError as problem:
            problems.append(problem)
    return found, problems


def _show(one: "Headline", as_json: bool) -> None:
    if as_json:
        _out.json_value(_plain(one))
        return
    click.echo(f"{one.name} {one.version}: {one.summary}\nStrategy: {one.strategy}\n{one.file}")
    rows = [
        (
            name,
            _needed(parameter.default),
            ", ".join(map(str, parameter.choices)),
            parameter.description,
        )
        for name, parameter in one.parameters.items()
    ]
    if rows:
        _out.table(("parameter", "default", "choices", "meaning"), rows)


def _needed(default: Any) -> str:
    return "(must be given)" if default is None else str(default)


def _plain(one: "Headline") -> dict[str, Any]:
    parameters = {name: each.model_dump(mode="json") for name, each in one.parameters.items()}
    return {
        "name": one.name,
        "file": str(one.file),
        "summary": one.summary,
        "strategy": one.strategy,
        "version": one.version,
        "parameters": parameters,
    }
