"""Counting what a run does, from several threads."""

import threading

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.features.migration.run.counting import Counting
from clickup_mlops.features.migration.run.model import Progress
from clickup_mlops.features.migration.run.performing import Outcome


def test_nobody_waits_for_a_report() -> None:
    """A step of another worker is counted while a report is on its way."""
    begun, counted = threading.Event(), threading.Event()

    def report(_progress: Progress) -> None:
        begun.set()
        assert counted.wait(10)

    with ClickUp("token") as client:
        counting = Counting(client, report, 2, 0)
        first = threading.Thread(target=counting.count, args=("task:1", Outcome("done")))
        first.start()
        assert begun.wait(10)
        counting.count("task:2", Outcome("done"))
        counted.set()
        first.join()

        assert counting.finish().done == {"task": 2}
