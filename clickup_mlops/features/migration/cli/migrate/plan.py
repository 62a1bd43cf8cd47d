"""Show what a run would create, what is lost, and how long it takes. Writes nothing to ClickUp.

The source is read and kept, so that run works on the same data; `--no-fetch` uses what was read
before. A reading that was interrupted, or needs more calls than a day has, goes on. Exits 2 if
there is work for run, 1 if the source could not be read completely, else 0.
"""

from pathlib import Path

import click

from clickup_mlops.features.migration.cli.migrate import _document, _options, _progress
from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@_options.mapping_file
@click.option("--fetch/--no-fetch", default=True, show_default=True, help="Read the source first.")
@_options.read_again
@click.option("--markdown", is_flag=True, help="Print Markdown, for a pull request.")
@_options.config
@_options.as_json
def command(
    *,
    file: Path,
    fetch: bool,
    read_again: bool,
    markdown: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.migration.operations.plan import plan
    from clickup_mlops.features.migration.plan import render

    bot_for = _options.open_bot(config, "create" if fetch else "refuse")
    with bot_for as bot, _progress.counts() as progress:
        migration_plan = plan(bot, file, progress, fetch=fetch, read_again=read_again)
    if as_json:
        output.json_value(migration_plan.to_dict())
    elif markdown:
        click.echo(render.markdown(migration_plan))
    else:
        _document.show(render.to_sections(migration_plan))
    if migration_plan.problems:
        return ExitCode.ERROR
    return ExitCode.WORK_TO_DO if migration_plan.work else ExitCode.DONE
