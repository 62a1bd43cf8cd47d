"""kill -9 while digests and pages of the wiki are written: each once, and nothing of people lost.

The sandbox's state is the judge.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from clickup_mlops.routing.decision import Decision
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.tables.metric_values import MetricValue
from tests.empty import store_at
from tests.flows.conftest import INFERENCE, LIST
from tests.flows.crash_proxy import Aim
from tests.flows.crash_workers import POINTS, Workers
from tests.soak import only_in_soak

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.clickup_sandbox(rate_limit=0)]
STORES = pytest.mark.parametrize(
    "url",
    ["sqlite_url", pytest.param("postgres_url", marks=[pytest.mark.services, only_in_soak])],
    indirect=True,
)
DOC = "Models"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty store."""
    return store_at(tmp_path / "bot.db")


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """That of the database that is named."""
    database_url: str = request.getfixturevalue(request.param)
    return database_url


@pytest.fixture
def workers(clickup_sandbox: Sandbox, tmp_path: Path, url: str) -> Iterator[Workers]:
    with closing(Workers(clickup_sandbox, tmp_path, url, script="crash_hub.py")) as running:
        yield running


def digest(name: str) -> str:
    """A digest of that name for a channel of that name; its day is far from its end."""
    hour = time.gmtime().tm_hour
    zone = f"Etc/GMT{hour - 12:+d}" if hour != 12 else "UTC"
    days = '["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]'
    keys = f'channel = "{name}"\nat = "00:00"\nzone = "{zone}"\ndays = {days}\n'
    return f"[digests.{name}]\n{keys}"


@STORES
def test_a_day_has_one_message_wherever_the_process_dies(workers: Workers) -> None:
    """Posted and changed; killed before, during and after each call, and while it is looked for."""
    lives = [[Aim("new message", point)] for point in POINTS]
    lives += [[Aim("new message", "between"), Aim("messages", point)] for point in POINTS[:2]]
    names = [f"digest-{number}" for number in range(len(lives))]
    for name, aims in zip(names, lives, strict=True):
        workers.configure(digest(name))
        workers.live(*aims)

    expected = ""
    for number, point in enumerate(POINTS):
        expected = add_task(workers, number)
        inbox = workers.bot.core.inbox_writer
        lane = f"digest:{names[-1]}"
        inbox.put(inbox.event(f"{lane}:{point}", "digest", source="cron", lane=lane))
        workers.live(Aim("message", point))

    world = workers.sandbox.world
    channels = {channel.id: channel.name for channel in world.channels}
    posted = sorted((channels[message.channel_id], message.content) for message in world.messages)
    assert [name for name, _text in posted] == names
    assert expected in posted[-1][1]
    assert workers.bot.store.audit.verify().problem == ""


def add_task(workers: Workers, number: int) -> str:
    """A task that a worker has read and decided about; its name."""
    name = f"{INFERENCE} {number}"
    task = workers.member.create_task(LIST, name)
    store, now = workers.bot.store, workers.bot.now_ms()
    store.mirror.put_many(workers.sandbox.team_id, [workers.sandbox.control.task(task)], now)
    decided = Decision(task, 3, None, "inference", "normal", "inference.normal")
    store.decisions.put(task, decided.to_dict() | {"written": True}, f"e{number}", now)
    return name


@STORES
def test_the_wikis_pages_are_made_once_and_keep_what_people_wrote(workers: Workers) -> None:
    """Killed before, during and after each call; people write on the page after each death."""
    workers.configure(f'[wiki]\ndoc = "{DOC}"\n')
    task = workers.member.create_task(LIST, "ranker")
    numbers, edits = count(100), Edits(workers.sandbox)

    def live(*aims: Aim) -> int:
        value = measure(workers, task, next(numbers))
        workers.bot.jobs.queue.run_now("wiki")
        workers.live(*aims, after=edits.add)
        return value

    live(Aim("new doc", "before"), Aim("new doc", "between"), Aim("new page", "before"))
    for point in POINTS:
        last = live(Aim("page", point))
    last = live(Aim("page", "between"), Aim("read", "before"))

    world = workers.sandbox.world
    assert [doc.name for doc in world.docs] == [DOC]
    (text,) = [page.content for page in world.pages if page.name == "ranker"]
    assert str(last) in text
    assert text.count("Begin of live numbers") == text.count("End of live numbers") == 1
    assert [text.count(line) for line in edits.lines] == [1] * len(edits.lines)
    assert len(edits.lines) >= 4
    assert workers.bot.store.audit.verify().problem == ""


class Edits:
    """What people write at both ends of the page, as soon as there is one."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.lines: list[str] = []

    def add(self) -> None:
        """Two lines more."""
        page = next((page for page in self._sandbox.world.pages if page.name == "ranker"), None)
        if page is None:
            return
        first, last = (f"Written {where} {len(self.lines)} by Ana." for where in ("above", "below"))
        text = "\n\n".join([first, page.content, last])
        self._sandbox.control.ui_actions.write_page("ranker", text)
        self.lines += [first, last]


def measure(workers: Workers, task: str, value: int) -> int:
    """A number of the task, as the metrics pass keeps it."""
    store, now = workers.bot.store, workers.bot.now_ms()
    store.mirror.put_many(workers.sandbox.team_id, [workers.sandbox.control.task(task)], now)
    names = (task, "f1", workers.sandbox.team_id, "P99 latency ms")
    metric_value = MetricValue(*names, float(value), "triton", "p99", "", "", now, now)
    store.metric_values.put_many([metric_value])
    return value
