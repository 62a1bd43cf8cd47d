"""Say what the numbers of the sources advise: symptom, next step, evidence, what would disprove it.

With TASK only of the series of its own model, host or port. `--missing` also lists what could be
said with more numbers. Nothing is written.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.metrics.cli.metrics import NO_SOURCE, _window
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clickup_mlops.features.metrics.diagnosis.model import Advice
    from clickup_mlops.features.metrics.operations import Advised, Concern


@click.command(help=__doc__)
@click.argument("task", required=False)
@click.option("--missing", is_flag=True, help="List symptoms that need more numbers, too.")
@_window.option
@options.config
@options.as_json
def command(
    task: str | None, missing: bool, window: int, config: Path | None, as_json: bool
) -> int:
    from clickup_mlops.features.metrics import operations
    from clickup_mlops.features.metrics.settings import MetricsSettings

    settings = options.settings(config).table(MetricsSettings)
    concern = _concern(task, config)
    names = sorted(concern.bindings) if concern else ()
    wait = _window.waiting(window)
    scraped = operations.scrape(settings, names, now_ms=clock.now_ms, wait=wait)
    collected = [concern.part(one) if concern else one for one in scraped]
    found = list(operations.advise(collected, settings.facts))
    problems = [f"{one.source}: {problem}" for one in collected for problem in one.problems]
    if as_json:
        output.json_value({"advice": [_plain(one) for one in found], "problems": problems})
    else:
        _print(found, missing=missing) if settings.sources else click.echo(NO_SOURCE)
        for problem in problems:
            click.echo(problem, err=True)
    return ExitCode.ERROR if problems else ExitCode.DONE


def _concern(task: str | None, config: Path | None) -> "Concern | None":
    from clickup_mlops.features.metrics import operations

    if task is None:
        return None
    with options.open_bot(config) as bot:
        return operations.concern(bot, options.task_id(task))


def _plain(one: "Advised") -> dict[str, object]:
    return {
        "source": one.source,
        "where": one.where,
        "advice": [_advice(each) for each in one.advice],
        "missing": [{"symptom": title, "measures": names} for title, names in one.missing],
    }


def _advice(one: "Advice") -> dict[str, object]:
    symptom = one.symptom
    return {
        "symptom": symptom.name,
        "title": symptom.title,
        "numbers": dict(one.numbers),
        "recommend": symptom.recommend,
        "steps": symptom.steps,
        "expect": symptom.expect,
        "evidence": asdict(symptom.evidence),
        "disproof": symptom.disproof,
    }


def _print(found: "Sequence[Advised]", *, missing: bool) -> None:
    from clickup_mlops.features.metrics.diagnosis import text

    blocks = [
        text.block(advice, f"{one.source} {one.where}".strip())
        for one in found
        for advice in one.advice
    ]
    click.echo("\n\n".join(blocks).replace("**", "") or "No symptom in these numbers.")
    if missing:
        rows = [
            (one.source, one.where, title, ", ".join(names))
            for one in found
            for title, names in one.missing
        ]
        nothing = "No symptom needs more numbers."
        output.table(("source", "part", "symptom", "needs"), rows, nothing=nothing)
