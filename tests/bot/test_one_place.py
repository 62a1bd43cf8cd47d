"""A new package adds jobs, kinds of lanes and threads in one place: nothing else is touched."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from clickup_mlops.bot.app import Bot, build
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.packages import Builds, Packages
from clickup_mlops.bot.registered import Job, LaneKind, Timer, every
from clickup_mlops.bot.settings import Settings
from clickup_mlops.store import InboxRow
from tests.empty import store_at

HOUR = timedelta(hours=1)


class Samples(Package):
    """Reads a number every hour, and does something about it in a lane of its own."""

    def __init__(self, bot: Packages) -> None:
        super().__init__(bot.core)
        self.records: list[str] = []

    def jobs(self) -> Iterable[Job]:
        yield Job("sample", HOUR, self._sample, at_start=True)

    def lane_kinds(self) -> Iterable[LaneKind]:
        yield LaneKind("sample:", self._handle)

    def timers(self) -> Iterable[Timer]:
        yield Timer(every(HOUR), lambda: self.records.append("tick"))

    def start(self) -> None:
        self.records.append("started")

    def _sample(self) -> None:
        inbox = self.core.inbox_writer
        inbox.put(inbox.event("sample:gpu:1", "sample", source="sample", lane="sample:gpu"))

    def _handle(self, rows: Sequence[InboxRow]) -> None:
        self.records.extend(row.key for row in rows)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    """One that makes no call: its Workspace is given, and nothing is started."""
    settings = Settings(
        clickup={"token": "pk_1_T", "workspace_id": "90", "base_url": "http://127.0.0.1:1"},
        store={"url": store_at(tmp_path / "bot.db")},
    )
    with build(settings, builds=Builds(features=lambda: (Samples,))) as bot:
        yield bot


def samples(bot: Bot) -> Samples:
    """The package."""
    return bot.get(Samples)


def test_its_job_runs_and_its_lane_is_handled(bot: Bot) -> None:
    """The job has a row, a lane, and its success is noted; its own rows come to its handler."""
    bot.jobs.queue.run_now("sample")
    bot.run_until_idle()

    assert samples(bot).records == ["sample:gpu:1"]
    assert list(bot.store.stats.jobs()) == ["sample"]


def test_its_job_runs_at_the_start_if_it_says_so(bot: Bot) -> None:
    """With those of the other packages; so does what was due while the store was away."""
    bot.jobs.start()
    assert "cron:sample" in bot.store.ready_lanes.names(bot.now_ms(), 9)
    assert "cron:reevaluate" not in bot.store.ready_lanes.names(bot.now_ms(), 9)

    bot.jobs.catch_up()
    assert {f"cron:{job.name}" for job in bot.jobs.registered} == set(
        bot.store.ready_lanes.names(bot.now_ms(), 9)
    )


def test_its_timer_is_in_the_schedule(bot: Bot) -> None:
    """Beside the jobs', the renewal of leases and what makes up for an outage."""
    for timer in bot.scheduler.timers:
        bot.scheduler.run(timer)

    assert samples(bot).records == ["tick"]
