"""List the automations with their mode, and the folder they come from.

`not set`: settings without a value; the actions that need them are skipped.

A file that cannot be used is reported with its key or line; the exit code is then 1.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.errors import ContentError


@click.command(help=__doc__)
@_options.config
@_options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.automations.files import automations

    listed = automations(_options.settings(config).automations)
    folder, problems = str(listed.folder), listed.problems
    if as_json:
        found = [
            {
                "name": r.name,
                "mode": r.mode,
                "on": sorted(r.on),
                "cap": r.cap,
                "unset": r.lacks,
                "summary": r.summary,
            }
            for r in listed.found
        ]
        _out.json_value(
            {"folder": folder, "automations": found, "problems": list(map(str, problems))}
        )
    else:
        rows = [(r.name, r.mode, ", ".join(r.lacks), r.summary) for r in listed.found]
        _out.table(("name", "mode", "not set", "summary"), rows)
        click.echo(f"from {folder}")
    _complain(problems)
    return 0


def _complain(problems: tuple[ContentError, ...]) -> None:
    if problems:
        file, key, hint = problems[0].file, problems[0].key, problems[0].hint
        text = "\n".join([problems[0].problem, *map(str, problems[1:])])
        raise ContentError(file, key, text, hint=hint)
