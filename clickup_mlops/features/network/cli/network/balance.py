"""Predict what each choice of load balancing would give on this topology, with this traffic.

A simulation of flows over the uplinks of the topology: `rate` is what the slowest connection gets,
which a collective waits for, `peak` the hottest uplink over the mean; means over seeds with their
95% margins. Neither congestion control nor loss is simulated. `--settings` prints how to configure
a choice, `--record` keeps its prediction, and `--compare` shows before, predicted and now.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clickup_mlops.features.network.balance.model import Prediction
    from clickup_mlops.features.network.balance.operations import Comparison, Measured


@click.command(help=__doc__)
@click.option(
    "--pattern",
    type=click.Choice(["ring", "all-to-all"]),
    default="ring",
    show_default=True,
    help="Who of a job sends to whom.",
)
@click.option(
    "--pairs",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Queue pairs of each connection.",
)
@click.option(
    "--seeds",
    default=40,
    show_default=True,
    type=click.IntRange(30, 1000),
    help="Simulations of each choice.",
)
@click.option("--settings", "choice", metavar="CHOICE", help="Print the settings of a choice.")
@click.option("--record", metavar="CHOICE", help="Keep its prediction and what is measured now.")
@click.option("--compare", is_flag=True, help="Compare now with what was recorded.")
@options.config
@options.as_json
def command(  # noqa: PLR0917 - one for each option
    pattern: Literal["ring", "all-to-all"],
    pairs: int,
    seeds: int,
    choice: str | None,
    record: str | None,
    compare: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.network import operations as fabrics
    from clickup_mlops.features.network.balance import operations
    from clickup_mlops.features.network.settings import NetworkSettings, must_be_configured

    if choice is not None:
        return _print_settings(choice)
    if record is not None:
        _must_be_choice(record)
    must_be_configured(options.settings(config).table(NetworkSettings))
    with options.open_bot(config) as bot:
        fabric, problems = fabrics.read_fabric(bot.settings.table(NetworkSettings))
        now_ms = bot.now_ms()
        data = fabrics.read_windows(bot.store, bot.workspace_id, fabric, now_ms)
        results = operations.predictions(fabric, data, pattern=pattern, pairs=pairs, seeds=seeds)
        measured = operations.measured(fabric, data)
        if record is not None:
            (chosen,) = (result for result in results if result.choice == record)
            operations.record(bot.store.notes, chosen, measured, now_ms)
        comparison = operations.compare(bot.store.notes, measured, results) if compare else None
    if as_json:
        output.json_value(
            {
                "predictions": [asdict(result) for result in results],
                "measured": asdict(measured),
                "comparison": asdict(comparison) if comparison else None,
                "problems": problems,
            }
        )
    else:
        _print(results, measured)
        if compare:
            _print_comparison(comparison)
    for problem in problems:
        click.echo(problem, err=True)
    return ExitCode.DONE


def _must_be_choice(name: str) -> None:
    from clickup_mlops.features.network.balance.predict import choices

    if name not in choices():
        raise click.UsageError(f"{name}: no such choice; {', '.join(choices())}")


def _print_settings(name: str) -> int:
    from clickup_mlops.features.network.balance.predict import choices

    _must_be_choice(name)
    chosen = choices()[name]
    click.echo(f"{chosen.title}\nNeeds: {chosen.needs}")
    for system, text in chosen.settings.items():
        click.echo(f"\n# {system}\n{text}")
    return ExitCode.DONE


def _print(results: "Sequence[Prediction]", measured: "Measured") -> None:
    rows = [
        (
            result.choice,
            f"{100 * result.rate:.0f}% ± {100 * result.rate_margin:.0f}",
            f"{result.peak:.2f} ± {result.peak_margin:.2f}",
            result.needs,
        )
        for result in results
    ]
    output.table(("choice", "rate", "peak", "needs"), rows)
    peak = "unknown" if measured.uplink_peak is None else f"{measured.uplink_peak:.2f}"
    click.echo(f"Measured now: {measured.sent_gbps:.0f} Gbit/s sent, peak {peak}.")


def _print_comparison(comparison: "Comparison | None") -> None:
    if comparison is None:
        click.echo("Nothing is recorded: use --record before the change.")
        return
    rows = [
        (name, f"{sent:.0f}", "unknown" if peak is None else f"{peak:.2f}")
        for name, sent, peak in (
            ("before", comparison.before.sent_gbps, comparison.before.uplink_peak),
            ("predicted", comparison.expected_gbps, comparison.prediction["peak"]),
            ("now", comparison.now.sent_gbps, comparison.now.uplink_peak),
        )
    ]
    output.table(("", "Gbit/s sent", "peak"), rows, title=comparison.prediction["title"])
