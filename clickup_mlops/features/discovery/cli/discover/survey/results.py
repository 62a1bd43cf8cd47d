"""Show what people say, by role.

Roles with fewer than five answers are left out, and others if a sum would reveal them.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.discovery.operations.survey import read_survey
    from clickup_mlops.features.discovery.survey.evaluate import build_section
    from clickup_mlops.views import plain
    from clickup_mlops.views.cells import format_cell

    settings = options.settings(config)
    with options.open_store(config) as store:
        survey = read_survey(store, settings, clock.now_ms())
    section = build_section(survey, ())
    if as_json:
        output.json_value(plain.render_section(section))
        return ExitCode.DONE
    (table,) = section.tables()
    rows = [[format_cell(cell) for cell in row[:-1]] for row in table.rows]
    titles = [column.title.lower() for column in table.columns[:-1]]
    output.table(titles, rows, nothing="No role has answers of five people.")
    if survey.hidden:
        click.echo(f"{survey.hidden} left out: too few people, or others could be worked out.")
    return ExitCode.DONE
