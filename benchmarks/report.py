"""What reports cost: `python benchmarks/report.py [--tasks N] [--url URL]`.

Of each kind of report: CPU and wall time (once: nobody builds it twice), statements, rows and bytes
as HTML; of the monthly one the same in each format. In the worlds that `dashboard.py` measures in:
10,000 open and 10,000 finished tasks, 200 models and 90 days, beside the same with 9 days and
with a tenth of everything. `--url` measures PostgreSQL, in a schema of its own.
"""

import argparse
from collections.abc import Iterator, Sequence

import world
from measuring import Cost, Counting, cost, counting, show

from clickup_mlops.features.reports import build
from clickup_mlops.features.reports.operations.building import formats
from clickup_mlops.ports.sections import period
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.ports.sections.period import last
from clickup_mlops.ports.sections.subject import Subject
from clickup_mlops.store import Store

KINDS: Sequence[period.Calendar] = ("daily", "weekly", "monthly")


def measure(url: str, size: world.Size) -> dict[str, Cost]:
    """Of each kind, and of the last one in each format."""
    with world.empty(url) as address, Store.open(address, wait_s=600) as store:
        world.fill(store, size)
        with counting(store) as counted:
            return dict(_costs(store, counted))


def _costs(store: Store, counted: Counting) -> Iterator[tuple[str, Cost]]:
    def report(every: period.Calendar) -> Report:
        about = last(every, world.NOW, world.ZONE)
        return build.report(store, world.WORKSPACE, Subject(about))

    for every in KINDS:
        yield every, cost(lambda every=every: _size(report(every), "html"), counted, 0)  # type: ignore[misc]
    created = report(KINDS[-1])
    for form in formats():
        run = lambda form=form: _size(created, form)  # noqa: E731
        yield f"  {KINDS[-1]} as {form}, rendering alone", cost(run, counted, 0)


def _size(report: Report, form: str) -> int:
    created = formats()[form](report)
    return len(created.encode() if isinstance(created, str) else created)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure all sizes in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--url", default="", help="SQLAlchemy URL of a PostgreSQL database")
    chosen = parser.parse_args(argv)
    sizes = world.sizes(chosen.tasks)
    print("columns:", "; ".join(map(str, sizes)))
    show([measure(chosen.url, size) for size in sizes])


if __name__ == "__main__":
    main()
