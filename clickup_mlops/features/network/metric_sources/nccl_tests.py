"""Logs of nccl-tests, rccl-tests and AWS's nccom-test: what `all_reduce_perf` and its like print.

Bandwidths are those of the largest message of the newest run in a log; its name says the job.
"""

import re
from collections.abc import Iterator
from typing import Final

from pydantic import Field

from clickup_mlops.features.metrics.derive.defined import named
from clickup_mlops.features.metrics.read.files import collect_files
from clickup_mlops.features.metrics.scrape import Labels, Sample, Scrape, labels
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable

_BEGINS: Final = ("# nThread", "size(B)")
"""What a run prints first: nccl-tests, and nccom-test."""
_BAD: Final = re.compile(r"# Out of bounds values : (\d+)|^\D*(\d+) errors found", re.MULTILINE)
_TAG: Final = re.compile(r"^\s*(?:\([^)]*\) )?(?:\[\d+,\d+\]<\w+>:| *\d+: )?")
"""What `mpirun --tag-output`, `srun --label` and SkyPilot put before a line."""
_COLUMNS: Final = 4
"""Of each half of a line: time (µs), algorithm bandwidth, bus bandwidth (GB/s), wrong values."""
_LEAST_NCCOM: Final = 6
"""Columns of nccom-test: size, elements, perhaps sizes of a rank, type, and the first three of
these.
"""


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "nccl_tests"`."""

    files: tuple[str, ...] = Field(min_length=1)
    """Logs, or patterns such as `/var/log/nccl-tests/*.log`."""


def parse(text: str, key: Labels) -> Iterator[Sample]:
    """Of the newest run in a log; nothing without a line of results.

    Source: github.com/NVIDIA/nccl-tests, `src/common.cu` (columns by size, out of place, in place);
    awsdocs-neuron, NCCOM-TEST User Guide.
    """
    run = text[max(0, *map(text.rfind, _BEGINS)) :]
    rows = [row for line in run.splitlines() if (row := _row(line))]
    if not rows:
        return
    time_us, algorithm, bus = max(rows, key=lambda row: row[0])[1:]
    yield Sample("bus_bandwidth_gb_s", key, bus)
    yield Sample("algorithm_bandwidth_gb_s", key, algorithm)
    yield Sample("collective_mean_ms", key, time_us / 1000)
    if match := _BAD.search(run):
        yield Sample("collective_errors", key, float(match[1] or match[2]))


def _row(line: str) -> tuple[float, float, float, float] | None:
    """Size, time, algorithm and bus bandwidth of the half that took less time."""
    cells = _TAG.sub("", line).split()
    if len(cells) < _LEAST_NCCOM or not cells[0].isdecimal():
        return None
    try:
        if len(cells) < 1 + 2 * _COLUMNS:
            return _nccom_row(float(cells[0]), *map(float, cells[-3:]))
        halves = [
            tuple(float(cell) for cell in cells[start : start + 3])
            for start in (len(cells) - 2 * _COLUMNS, len(cells) - _COLUMNS)
        ]
    except (ValueError, ZeroDivisionError):
        return None
    time_us, algorithm, bus = min(halves)
    return float(cells[0]), time_us, algorithm, bus


def _nccom_row(
    size: float, time_us: float, algorithm: float, bus: float
) -> tuple[float, float, float, float]:
    """Bandwidths are GiB/s in older releases, and GB/s in newer ones: size and time say which."""
    gb_s = size / time_us / 1000
    return size, time_us, gb_s, bus * gb_s / algorithm if algorithm else bus


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """All logs. One that cannot be read, or has no result, loses no other."""

    def parse_log(text: str, job: str) -> list[Sample]:
        samples = [*parse(text, labels(job=job))]
        if not samples:
            raise SourceError("no line of results, such as all_reduce_perf prints")
        return samples

    return collect_files(settings.files, reader, now_ms, parse_log)


SOURCE = Source(
    Settings,
    collect,
    (
        named("bus_bandwidth_gb_s", "job"),
        named("algorithm_bandwidth_gb_s", "job"),
        named("collective_mean_ms", "job"),
        named("collective_errors", "job"),
    ),
)
