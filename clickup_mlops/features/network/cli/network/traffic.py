"""List what each job does with the back end: bytes, collectives, and what leaves a leaf or a pod.

From what the bot has read in the last ten minutes. `peak` is what the busiest host sends over the
mean of the job's hosts; `of limit` is the bus bandwidth over what the ports of a host carry. For
what is unknown it prints the reason.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clickup_mlops.features.network.traffic.model import Collective, JobTraffic

_HEADS: Final = (
    "job",
    "hosts",
    "sent",
    "received",
    "peak",
    "off leaf",
    "cross-rail",
    "cross-pod",
    "in collectives",
)
_COLLECTIVES: Final = (
    "job",
    "collective",
    "bus bandwidth",
    "of limit",
    "by each rank",
    "mean",
    "rank spread",
    "stragglers",
)


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.network import operations
    from clickup_mlops.features.network.settings import NetworkSettings, must_be_configured

    must_be_configured(options.settings(config).table(NetworkSettings))
    with options.open_bot(config) as bot:
        fabric, problems = operations.read_fabric(bot.settings.table(NetworkSettings))
        traffic = operations.read_traffic(bot.store, bot.workspace_id, fabric, bot.now_ms())
    if as_json:
        output.json_value({"jobs": [asdict(job) for job in traffic], "problems": problems})
    else:
        _print(traffic)
    for problem in problems:
        click.echo(problem, err=True)
    return ExitCode.DONE


def _print(traffic: "Sequence[JobTraffic]") -> None:
    if not traffic:
        click.echo("The topology has no jobs: see `clickup-mlops network topology`.")
        return
    output.table(_HEADS, [_row(job) for job in traffic])
    collectives = [_collective(job.job, entry) for job in traffic for entry in job.collectives]
    if collectives:
        output.table(_COLLECTIVES, collectives)
    for job in traffic:
        for reason in job.unknown:
            click.echo(f"{job.job}: {reason}")


def _collective(job: str, entry: "Collective") -> tuple[str, ...]:
    return (
        job,
        entry.name,
        _number(entry.bus_gb_s, "GB/s"),
        _number(entry.bus_pct, "%"),
        _gbit(entry.bytes_s),
        _number(entry.mean_ms, "ms", 1),
        _number(entry.rank_spread, "", 2),
        _number(entry.stragglers, ""),
    )


def _row(job: "JobTraffic") -> tuple[str, ...]:
    return (
        f"{job.job} ({job.kind})" if job.kind else job.job,
        str(job.hosts),
        _gbit(job.sent_bytes_s),
        _gbit(job.received_bytes_s),
        _number(job.peak, "", 2) + (f" ({job.busiest})" if job.busiest else ""),
        _number(job.off_leaf_pct, "%"),
        _number(job.cross_rail_pct, "%"),
        _number(job.cross_pod_pct, "%"),
        _number(job.communication_pct, "%"),
    )


def _gbit(bytes_s: float | None) -> str:
    return "unknown" if bytes_s is None else f"{bytes_s * 8 / 1e9:,.0f} Gbit/s"


def _number(value: float | None, unit: str, digits: int = 0) -> str:
    return "unknown" if value is None else f"{value:,.{digits}f} {unit}".rstrip()
