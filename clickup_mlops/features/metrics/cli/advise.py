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
    collected = [concern.part(source) if concern else source for source in scraped]
    advised = list(operations.advise(collected, settings.facts))
    problems = [
        f"{source.source}: {problem}" for source in collected for problem in source.problems
    ]
    if as_json:
        output.json_value({"advice": [_plain(source) for source in advised], "problems": problems})
    else:
        _print(advised, missing=missing) if settings.sources else click.echo(NO_SOURCE)
        for problem in problems:
            click.echo(problem, err=True)
    return ExitCode.ERROR if problems else ExitCode.DONE


def _concern(task: str | None, config: Path | None) -> "Concern | None":
    from clickup_mlops.features.metrics import operations

    if task is None:
        return None
    with options.open_bot(config) as bot:
        return operations.concern(bot, options.task_id(task))


def _plain(advised: "Advised") -> dict[str, object]:
    return {
        "source": advised.source,
        "where": advised.where,
        "advice": [_advice(advice) for advice in advised.advice],
        "missing": [{"symptom": title, "measures": names} for title, names in advised.missing],
    }


def _advice(advice: "Advice") -> dict[str, object]:
    symptom = advice.symptom
    return {
        "symptom": symptom.name,
        "title": symptom.title,
        "numbers": dict(advice.numbers),
        "recommend": symptom.recommend,
        "steps": symptom.steps,
        "expect": symptom.expect,
        "evidence": asdict(symptom.evidence),
        "disproof": symptom.disproof,
    }


def _print(advised: "Sequence[Advised]", *, missing: bool) -> None:
    from clickup_mlops.features.metrics.diagnosis import text

    blocks = [
        text.block(advice, f"{place.source} {place.where}".strip())
        for place in advised
        for advice in place.advice
    ]
    click.echo("\n\n".join(blocks).replace("**", "") or "No symptom in these numbers.")
    if missing:
        rows = [
            (place.source, place.where, title, ", ".join(names))
            for place in advised
            for title, names in place.missing
        ]
        nothing = "No symptom needs more numbers."
        output.table(("source", "part", "symptom", "needs"), rows, nothing=nothing)
