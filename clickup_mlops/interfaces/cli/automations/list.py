"""List the automations with their mode, and the folder that each comes from.

`not set`: settings without a value; the actions that need them are skipped.

A file that cannot be used is reported with its key or line; the exit code is then 1.
"""

from collections.abc import Sequence
from pathlib import Path

import click

from clickup_mlops.errors import ContentError
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.automations.files import AutomationsFile, automations, replaced

    listed = automations(options.tables(config, AutomationsFile).automations)
    folders, problems = [*map(str, listed.folders)], listed.problems
    if as_json:
        summaries = [
            {
                "name": r.name,
                "file": str(r.file),
                "replaces": [*map(str, replaced(r, listed.folders))],
                "mode": r.mode,
                "on": sorted(r.on),
                "cap": r.cap,
                "unset": r.lacks,
                "summary": r.summary,
            }
            for r in listed.usable
        ]
        output.json_value(
            {"folders": folders, "automations": summaries, "problems": list(map(str, problems))}
        )
    else:
        names = {folder: f"[{n}]" for n, folder in enumerate(listed.folders, 1)}

        def origin(file: Path, instead: tuple[Path, ...]) -> str:
            replaced_folders = ", ".join(names[replaced_file.parent] for replaced_file in instead)
            return (
                f"{names[file.parent]} instead of {replaced_folders}"
                if replaced_folders
                else names[file.parent]
            )

        rows = [
            (
                r.name,
                r.mode,
                origin(r.file, replaced(r, listed.folders)),
                ", ".join(r.lacks),
                r.summary,
            )
            for r in listed.usable
        ]
        output.table(("name", "mode", "from", "not set", "summary"), rows)
        click.echo(_counts([r.mode for r in listed.usable]))
        click.echo("\n".join(f"{name} {folder}" for folder, name in names.items()))
    _complain(problems)
    return ExitCode.DONE


def _counts(modes: Sequence[str]) -> str:
    """How many there are in each mode, and how to go on."""
    counts = [(mode, modes.count(mode)) for mode in ("on", "canary", "shadow", "off")]
    several = ", ".join(f"{count} {mode}" for mode, count in counts if count)
    return (
        f"{several}. `automations show NAME` shows one, `help switch-automations-on` how to go on."
    )


def _complain(problems: tuple[ContentError, ...]) -> None:
    if problems:
        file, key, hint = problems[0].file, problems[0].key, problems[0].hint
        text = "\n".join([problems[0].problem, *map(str, problems[1:])])
        raise ContentError(file, key, text, hint=hint)
