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
        rows = [
            (headline.name, headline.strategy, headline.version, headline.summary)
            for headline in listed.found
        ]
        output.table(("name", "strategy", "version", "summary"), rows)
        click.echo(f"from {listed.folder}")
    if listed.problems:
        raise listed.problems[0]
    return ExitCode.DONE


def _show(headline: "Headline", as_json: bool) -> None:
    if as_json:
        output.json_value(_plain(headline))
        return
    click.echo(
        f"{headline.name} {headline.version}: {headline.summary}\n"
        f"Strategy: {headline.strategy}\n{headline.file}"
    )
    rows = [
        (
            name,
            _format_default(parameter.default),
            ", ".join(map(str, parameter.choices)),
            parameter.description,
        )
        for name, parameter in headline.parameters.items()
    ]
    if rows:
        output.table(("parameter", "default", "choices", "meaning"), rows)


def _format_default(default: Any) -> str:
    return "(required)" if default is None else str(default)


def _plain(headline: "Headline") -> dict[str, Any]:
    parameters = {
        name: parameter.model_dump(mode="json") for name, parameter in headline.parameters.items()
    }
    return {
        "name": headline.name,
        "file": str(headline.file),
        "summary": headline.summary,
        "strategy": headline.strategy,
        "version": headline.version,
        "parameters": parameters,
    }
