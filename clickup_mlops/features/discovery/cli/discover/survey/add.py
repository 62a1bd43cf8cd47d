"""Add answers from FILEs, which have a role and a table of answers for each person, no names.
The same answers again are added once; put later ones into a file of their own.

role = "mlops"
[[answers]]
review_queue = 4
lost_hours = 6
"""

from pathlib import Path

import click

from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.ports.cli import options
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count


@click.command(help=f"\b\n{__doc__}")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@options.config
def command(files: tuple[Path, ...], config: Path | None) -> int:
    from clickup_mlops.features.discovery.settings import SurveySettings
    from clickup_mlops.features.discovery.survey.load import load_answers, load_questionnaires
    from clickup_mlops.features.discovery.tables.survey import Surveys
    from clickup_mlops.operations import opening

    settings = options.settings(config)
    by_role = load_questionnaires(settings.table(SurveySettings).folder)
    code = ExitCode.DONE
    with opening.open_store(settings) as store:
        for file in files:
            try:
                content = load_answers(file, by_role)
            except ClickUpMlopsError as problem:
                click.secho(f"! {problem} {problem.hint}".strip(), fg="yellow", err=True)
                code = ExitCode.ERROR
                continue
            answers = [dict(person) for person in content.answers]
            is_new = store.table(Surveys).add(content.role, answers)
            people = format_count(len(content.answers), "person", "people")
            before = "" if is_new else " (added before: nothing to do)"
            click.echo(f"{file}: {people} of {content.role}{before}")
    return code
