"""A process that makes runs to be killed: everything is imported once, then forked in an instant.

Reads a line for each run to start: JSON with `url`, `token`, `team_id` and `store`. Prints the new
run's process id at once; a run that ends leaves a file `done` beside the store.
"""

import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.features.migration.journal import Journal
from clickup_mlops.features.migration.people import Directory
from clickup_mlops.features.migration.places import Places
from clickup_mlops.features.migration.records import Asset, Board, Item, Update
from clickup_mlops.features.migration.run.model import Options
from clickup_mlops.features.migration.run.run import run
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.staging import Staged, fetch
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.features.migration.tables.migration_steps import MigrationSteps
from clickup_mlops.store import Store
from tests.features.migration.bench import HOUR_MS, NAME, comment, convert, item, mapping
from tests.features.migration.memory_source import MemorySource


def large(count: int) -> MemorySource:
    """Trees of three items; dependencies, links, threads, files, time."""
    items = [_item(number) for number in range(count)]
    assets = [Asset(f"a{n}", "log.txt", str(n), f"u{n}", 3) for n in range(0, count, 4)]
    return MemorySource(
        board_list=[Board("b", "Serving")],
        item_list=items,
        update_list=[update for number in range(0, count, 2) for update in _updates(number)],
        asset_list=assets,
        contents={asset.id: b"oom" for asset in assets},
    )


def _item(number: int) -> Item:
    parent = str(number - 1) if number % 3 else None
    cells: dict[str, Any] = {"attributes": {"tags": ["moved"]}}
    if number % 3 == 2:
        cells["waits"] = [str(number - 2)]
    if number % 5 == 4:
        cells["links"] = [str(number - 4)]
    if number % 7 == 0:
        cells["time"] = [(HOUR_MS * (number + 1), 60_000, None)]
    return item(str(number), parent, **cells)


def _updates(number: int) -> list[Update]:
    # Three with the same text: each must be there once.
    first = Update(f"u{number}", str(number), "Ada: again")
    second = Update(f"v{number}", str(number), "Ada: again")
    return [first, second, Update(f"w{number}", str(number), "Ada: again", reply_to=first.id)]


def live(order: dict[str, Any], source: MemorySource) -> None:
    """Run until the end, or until killed."""
    folder = Path(order["store"]).parent
    with (
        Store.open(f"sqlite:///{order['store']}") as store,
        ClickUp(order["token"], base_url=order["url"]) as client,
    ):
        expected, staged = mapping(), Staged(store.table(MigrationRecords), NAME)
        if not staged.covers(expected):
            fetch(source, store.table(MigrationRecords), expected)
        tools = Tools(
            client,
            order["team_id"],
            expected,
            source,
            staged,
            Journal(store.table(MigrationSteps), NAME, client.clock),
            Places(client, order["team_id"]),
            Directory(expected, (), ()),
            convert,
            comment,
            client.clock,
            # This sandbox is near: what is on its way arrives at once.
            lambda seconds: time.sleep(min(seconds, 0.03)),
        )
        ran = run(tools, Options(workers=order["workers"]))
        if ran.stopped is not None:
            raise ran.stopped
        (folder / "done").write_text(repr(ran))


def main() -> None:
    """Start runs until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    source = large(int(sys.argv[1]))
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                live(json.loads(line), source)
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
