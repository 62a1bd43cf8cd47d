"""Show what is known of the network: ports with their roles, rails and cables, uplinks, and jobs.

Reads [[network.topology]]. An empty cell is unknown. Exits 1 if a description could not be read.
"""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.network.topology.model import HostPort, Topology, UplinkGroup

_NONE = "No [[network.topology]] is configured: see `clickup-mlops help topology`."
_STATES = {True: "up", False: "down", None: "unknown"}
_PARTS = ("hosts", "ports", "gpus", "switches", "switch_ports", "jobs")


@click.command(help=__doc__)
@click.option(
    "--prometheus",
    "as_page",
    is_flag=True,
    help="Print it for node_exporter's textfile collector; recording rules join it.",
)
@options.config
@options.as_json
def command(as_page: bool, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.metrics.read.reader import WorldReader
    from clickup_mlops.features.network.settings import NetworkSettings
    from clickup_mlops.features.network.topology.exposition import lines
    from clickup_mlops.features.network.topology.loading import load

    tables = options.settings(config).table(NetworkSettings).topology
    loaded = load(tables, WorldReader())
    if as_page:
        click.echo("\n".join(lines(loaded.topology)))
    elif as_json:
        output.json_value({**_plain(loaded.topology), "problems": loaded.problems})
    elif not tables:
        click.echo(_NONE)
    else:
        _print(loaded.topology)
    for problem in loaded.problems:
        click.echo(problem, err=True)
    return ExitCode.ERROR if loaded.problems else ExitCode.DONE


def _plain(topology: "Topology") -> dict[str, object]:
    parts = {name: [asdict(entry) for entry in getattr(topology, name)] for name in _PARTS}
    return {**parts, "uplink_groups": [asdict(group) for group in topology.uplink_groups]}


def _print(topology: "Topology") -> None:
    if topology.ports:
        columns = ("host", "netdev", "rdma", "role", "rail", "gbit/s", "link", "switch", "port")
        output.table(columns, [_port(port) for port in topology.ports], title="Ports")
    groups = [
        (
            group.switch,
            group.name,
            group.kind,
            _states(topology, group),
            " ".join(group.members),
        )
        for group in topology.uplink_groups
    ]
    if groups:
        output.table(("switch", "uplinks", "kind", "links", "interfaces"), groups, title="Uplinks")
    jobs = [(j.id, j.name, j.tenant, j.kind, " ".join(j.hosts)) for j in topology.jobs]
    if jobs:
        output.table(("job", "name", "tenant", "kind", "hosts"), jobs, title="Jobs")
    if not (topology.ports or groups or jobs):
        click.echo("Nothing is known.")


def _states(topology: "Topology", group: "UplinkGroup") -> str:
    """How many members are up and down, as far as descriptions say so."""
    ports = (topology.interface(group.switch, name) for name in group.members)
    words = Counter(_STATES[port.is_up if port else None] for port in ports)
    return ", ".join(f"{words[word]} {word}" for word in _STATES.values() if words[word])


def _port(port: "HostPort") -> tuple[str, ...]:
    speed = "" if port.gbit_s is None else f"{port.gbit_s:g}"
    rail = "" if port.rail is None else str(port.rail)
    link = "" if port.is_up is None else "up" if port.is_up else "down"
    if port.is_cabled is False:
        link = "no cable"
    return (
        port.host,
        port.netdev,
        port.device,
        port.role.replace("_", "-"),
        rail,
        speed,
        link,
        port.switch,
        port.interface,
    )
