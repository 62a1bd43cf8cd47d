"""A table of cables, of ports, or of jobs, with a header.

Cables: `a_device,a_port,b_device,b_port`, or the columns of NetBox' import (`side_a_device`,
`side_a_name` …). Ports: `host,netdev` and any of `device`, `role`, `rail`, `gbit_s`, `switch`,
`interface`, `is_up`, `is_cabled`. Jobs: `job,host` and any of `name`, `tenant`, `queue`, `kind`.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from clickup_mlops.features.network.topology.loader import TopologyError
from clickup_mlops.features.network.topology.model import HostPort, Job, Link, Topology

_ENDS: Final = (
    ("a_device", "a_port", "b_device", "b_port"),
    ("side_a_device", "side_a_name", "side_b_device", "side_b_name"),
)
Row = Mapping[str, str]


def load(text: str, name: str) -> Topology:
    """What the columns make of it. Columns that are not known are left out.

    Raises:
        TopologyError: the header is none of these, or a value is wrong; names the line.
    """
    reader = csv.DictReader(io.StringIO(text))
    header = tuple(column.strip() for column in reader.fieldnames or ())
    rows = [_stripped(row) for row in reader]
    if ends := next((ends for ends in _ENDS if set(ends) <= set(header)), None):
        return Topology(links=tuple(_links(rows, ends)))
    if {"job", "host"} <= set(header):
        return Topology(jobs=tuple(_jobs(rows)))
    if "host" in header and {"netdev", "device"} & set(header):
        return Topology(ports=tuple(_ports(rows)))
    raise TopologyError(
        f"no table of cables, ports or jobs: its columns are {', '.join(header) or 'none'}",
        hint="Wanted: a_device,a_port,b_device,b_port, or host,netdev, or job,host.",
    )


def _stripped(row: Mapping[str | Any, Any]) -> Row:
    return {
        key.strip(): value.strip()
        for key, value in row.items()
        if isinstance(key, str) and isinstance(value, str) and value.strip()
    }


def _links(rows: Sequence[Row], ends: Sequence[str]) -> Iterator[Link]:
    for number, row in enumerate(rows, 2):
        if missing := [column for column in ends if column not in row]:
            raise TopologyError(f"line {number}: {missing[0]} is empty")
        yield Link(*(row[column] for column in ends))


def _ports(rows: Sequence[Row]) -> Iterator[HostPort]:
    adapter, names = TypeAdapter(HostPort), HostPort.__dataclass_fields__
    for number, row in enumerate(rows, 2):
        try:
            yield adapter.validate_python({key: row[key] for key in row if key in names})
        except ValidationError as problem:
            first = problem.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise TopologyError(f"line {number}: {where}: {first['msg']}") from problem


def _jobs(rows: Sequence[Row]) -> Iterator[Job]:
    """A line for each host of a job."""
    jobs: dict[str, Job] = {}
    for row in rows:
        if "job" in row and "host" in row:
            job = jobs.setdefault(row["job"], _job(row))
            jobs[job.id] = replace(job, hosts=tuple(dict.fromkeys((*job.hosts, row["host"]))))
    yield from jobs.values()


def _job(row: Row) -> Job:
    return Job(
        row["job"],
        name=row.get("name", ""),
        tenant=row.get("tenant", ""),
        queue=row.get("queue", ""),
        scheduler=row.get("scheduler", ""),
        kind=row.get("kind", ""),
    )


LOADER: Final = load
