"""List the questionnaires: roles, and their questions."""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.discovery.settings import SurveySettings
    from clickup_mlops.features.discovery.survey.load import load_questionnaires

    folder = options.settings(config).table(SurveySettings).folder
    by_role = load_questionnaires(folder)
    rows = [
        (role, key, question.text, f"{question.least} to {question.most}")
        for role, questionnaire in by_role.items()
        for key, question in questionnaire.questions.items()
    ]
    if as_json:
        output.json_value({role: asked.model_dump() for role, asked in by_role.items()})
    else:
        output.table(("role", "key", "question", "answer"), rows)
    return ExitCode.DONE
