"""Print links for COUNT people of ROLE: each opens the form, and is used once.

Nothing keeps who got which link, nor which answers came by it. Whoever uses a forwarded link first
has answered. `clickup-mlops serve` serves the form, with `[survey] enabled = true`.
"""

from pathlib import Path

import click

from clickup_mlops.errors import ConfigError
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("role")
@click.argument("count", type=click.IntRange(1, 1000))
@options.config
@options.as_json
def command(role: str, count: int, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.discovery.settings import SurveySettings
    from clickup_mlops.features.discovery.survey import links
    from clickup_mlops.features.discovery.survey.load import (
        find_questionnaire,
        load_questionnaires,
    )
    from clickup_mlops.operations import opening

    settings = options.settings(config)
    survey = settings.table(SurveySettings)
    if not survey.enabled or not survey.public_url:
        raise ConfigError(
            "the form is not served",
            hint="Set `enabled = true` and `public_url` in [survey]; or collect answers in files.",
        )
    find_questionnaire(load_questionnaires(survey.folder), role)
    expires_ms = clock.now_ms() + int(survey.link_lasts.total_seconds() * 1000)
    with opening.open_store(settings) as store:
        tokens = links.invite(store, role, count, expires_ms)
    urls = [f"{survey.public_url.rstrip('/')}{links.PATH}/{token}" for token in tokens]
    if as_json:
        output.json_value({"role": role, "expires_ms": expires_ms, "urls": urls})
    else:
        click.echo("\n".join(urls))
        click.echo(f"Each works once, until {output.when(expires_ms)}.", err=True)
    return ExitCode.DONE
