"""List the templates, or show the parameters of one.

A template that cannot be used is reported with its file and key; the exit code is then 1.
"""

from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.features.provisioning.cli.provision import _request
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.template.load import Headline


@click.command(help=__doc__)
@click.argument("name", metavar="[TEMPLATE]", required=False)
@_request.template_folder
@options.as_json
def command(name: str | None, folder: File | None, as_json: bool) -> int:
    from clickup_mlops.features.provisioning.operations.templates import template, templates

    if name is not None:
        _show(template(name, folder), as_json)
        return ExitCode.DONE
    listed = templates(folder)
    if as_json:
        plain = list(map(_plain, listed.found))
        problems = list(map(str, listed.problems))
        where = str(listed.folder)
        output.json_value({"folder": where, "templates": plain, "problems": problems})
    else:
        rows = [(one.name, one.strategy, one.version, one.summary) for one in listed.found]
        output.table(("name", "strategy", "version", "summary"), rows)
        click.echo(f"from {listed.folder}")
    if listed.problems:
        raise listed.problems[0]
    return ExitCode.DONE


def _show(one: "Headline", as_json: bool) -> None:
    if as_json:
        output.json_value(_plain(one))
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
        output.table(("parameter", "default", "choices", "meaning"), rows)


def _needed(default: Any) -> str:
    return "(required)" if default is None else str(default)


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
