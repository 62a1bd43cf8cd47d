"""What does it cost to keep history? `python benchmarks/history.py [DATABASE_URL]`

In the world that `dashboard.py` measures in, with 200 models, 128 ports and 128 GPUs over 90 days:
CPU of this process for a pass of all readings and for a roll-up of five minutes, in turns with the
same after 9 days, which is the baseline; and a point on the disk. What pages read: `dashboard.py`.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import world
from sqlalchemy import text

from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES

ROUNDS = 5


def measure(url: str, size: world.Size) -> None:
    """A line for each."""
    with world.empty(url) as address, Store.open(address, wait_s=600) as store:
        world.fill(store, size)
        history = store.history.all([world.WORKSPACE])
        with store.engine.connect() as connection:
            points = connection.execute(text("select count(*) from point")).scalar_one()
        print(f"{size.days} days, {points:,} points")
        passes = [
            _cpu_ms(
                lambda n=n: store.history.put([(entry, world.NOW + n, 1.0) for entry in history])
            )  # type: ignore[misc]
            for n in range(ROUNDS)
        ]
        print(f"  a pass of {len(history):,} readings: {min(passes):.0f} ms")
        start = world.NOW - FIVE_MINUTES
        rolls = [
            _cpu_ms(lambda: store.history.rollup(FIVE_MINUTES, start, world.NOW))
            for _ in range(ROUNDS)
        ]
        print(f"  a roll-up of 5 minutes: {min(rolls):.1f} ms")
        if address.startswith("sqlite"):
            _disk(Path(address.removeprefix("sqlite:///")), store, points)


def _disk(file: Path, store: Store, points: int) -> None:
    """By what becomes free without them."""
    pages = "select sum(pgsize) from dbstat where name in ('point', 'ix_point_step_ms_at_ms')"
    with store.engine.connect() as connection:
        try:
            size = connection.execute(text(pages)).scalar_one()
        except Exception:  # not every SQLite is built with it
            size = file.stat().st_size
    print(f"  a point on the disk: {size / points:.0f} bytes ({size / 2**20:.0f} MiB)")


def _cpu_ms(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return (time.process_time() - began) * 1000


def main(url: str) -> None:
    """Both."""
    _tenth, short, long = world.sizes(10_000)
    measure(url, short)
    measure(url, long)


if __name__ == "__main__":
    main(*sys.argv[1:] or [""])
