"""An incident dies at every step: one room, one page, one task of each sort, whatever happens."""

import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops import content
from clickup_mlops.bot.members import member
from clickup_mlops.bot.packages import Builds, FeatureBuild, Packages, find_installed
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.features.incidents.package import IncidentsPackage
from clickup_mlops.features.incidents.service import IncidentService
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import Series
from tests.empty import store_at
from tests.flows.conftest import INFERENCE, LIST, SharedContext, Team, build, until
from tests.flows.crash_bots import Nursery
from tests.flows.crash_proxy import POINTS, Proxy
from tests.flows.test_executor import Crash, Fate, MortalExecution, go_on
from tests.soak import crash_steps

ROOMS = ("live_incident", "incident_room", "incident_joined", "incident_update", "incident_review")
MINUTE = 60_000
SET = {
    'doc = { default = ""': 'doc = { default = "Post-mortems"',
    'list = { default = ""': 'list = { default = "Inbox"',
    'call_url = { default = ""': 'call_url = { default = "https://meet.jit.si/a"',
    'shortest = { default = "PT5M"': 'shortest = { default = "PT0S"',
    'mode = "off"': 'mode = "on"',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The automations of an incident, switched on."""
    (automations := tmp_path / "automations").mkdir()
    shipped = content.find_folder("automations")
    for name in ROOMS:
        text = (shipped / f"{name}.toml").read_text("utf-8")
        for old, new in SET.items():
            text = text.replace(old, new)
        (automations / f"{name}.toml").write_text(text, encoding="utf-8")
    return automations


class Mortal:
    """Something of which each call of these names may be the last step."""

    def __init__(self, of: Any, fate: Fate, *names: str) -> None:
        self._of = of
        for name in names:
            setattr(self, name, fate.mortal(getattr(of, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)


class MortalIncidents(IncidentsPackage):
    """Each write to the store, and each event, of an incident may be the last step."""

    def __init__(self, packages: Packages, fate: Fate) -> None:
        super().__init__(packages)
        self._fate = fate

    @member
    def service(self) -> IncidentService:
        core, fate = self.core, self._fate
        store = Mortal(core.store, fate)
        incidents = Mortal(core.store.table(Incidents), fate, "enter", "leave", "move")
        tables: dict[type, Any] = {Incidents: incidents}
        store.table = lambda kind: tables.get(kind) or core.store.table(kind)
        store.timeline = Mortal(core.store.timeline, fate, "put")
        inbox: Any = Mortal(core.inbox_writer, fate, "put", "put_later")
        return IncidentService(store, inbox, core.workspace_id, core.now_ms)  # type: ignore[arg-type]


def mortal_builds(fate: Fate) -> Builds:
    """A bot that dies at a step of the execution or of an incident."""
    replaced: dict[FeatureBuild, FeatureBuild] = {
        IncidentsPackage: partial(MortalIncidents, fate=fate)
    }
    return Builds(
        context=SharedContext,
        execution=partial(MortalExecution, fate=fate),
        features=lambda: tuple(replaced.get(build, build) for build in find_installed()),
    )


def lived(team: Team, last: int) -> Fate:
    """From the tag to the end, unless it dies at that step; then another bot goes on."""
    fate = Fate(last)
    team.restart(builds=mortal_builds(fate))
    task = team.member.create_task(LIST, INFERENCE)
    measured(team.bot.store, team.sandbox, task)
    team.settle()
    for change in (team.member.tag, team.member.untag):
        change(task, "incident")
        with suppress(Crash):
            team.settle()
            continue
        team.control.clock.advance(MINUTE)
        with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
            go_on(team, again)
            if change == team.member.tag:
                team.member.untag(task, "incident")
                assert team.control.deliveries.wait_idle()
                go_on(team, again)
            judge(team.sandbox, again.store, again.client)
            return fate
    judge(team.sandbox, team.bot.store, team.bot.client)
    return fate


def measured(store: Store, sandbox: Sandbox, task: str) -> None:
    """A field of the task, in the minutes before now."""
    series = Series(sandbox.team_id, "vllm", "latency_p99_ms", "", task, "P99 latency ms", "ms")
    now = sandbox.control.clock.now_ms()
    store.history.put([(series, now - n * MINUTE, 100.0 * n) for n in range(1, 9)])


def judge(sandbox: Sandbox, store: Store, client: Any) -> None:
    """Everything once; nothing is left to do."""
    world, control = sandbox.world, sandbox.control
    (incident,) = store.table(Incidents).between(sandbox.team_id, 0, 2**62)
    assert incident.closed_ms is not None
    entries = store.timeline.of_kind(sandbox.team_id, "incident", 0, 2**62)
    assert Counter(entry.value["to"] for entry in entries) == {"opened": 1, "closed": 1}
    (message,) = world.messages
    assert message.content.startswith(f"**{INFERENCE}**")
    assert "**The incident is over**" in message.content
    names = Counter(task.name for task in control.tasks)
    assert names == {
        INFERENCE: 1,
        f"Finish the post-mortem: {INFERENCE}": 1,
        f"What would have shortened it: {INFERENCE}": 1,
    }
    (task,) = (task for task in control.tasks if task.name == INFERENCE)
    files = [attachment["title"] for attachment in client.tasks.get(task.id).raw["attachments"]]
    assert sorted(files) == [f"{incident.id}.ics", f"{incident.id}.png"]
    comment_counts = Counter(
        comment.text.strip().rpartition("· ")[2] for comment in client.comments.of_task(task.id)
    )
    assert comment_counts == {f"incident/{incident.id}": 1}
    (comment,) = client.comments.of_task(task.id)
    assert comment.text.startswith("The incident is over")
    assert [doc.name for doc in world.docs] == ["Post-mortems"]
    assert len([*world.pages]) == 1
    assert "incident" not in client.tasks.get(task.id).tags
    assert store.journal.unfinished() == []
    assert store.inbox.list("parked", 9) == []
    # The next status update waits; it comes to nothing.
    assert {row.lane.partition(":")[0] for row in store.inbox.list("ready", 9)} == {"incident"}


@pytest.fixture
def steps(team: Team, folder: Path) -> Callable[[int], Fate]:
    """What `lived` needs."""
    team.configure(folder=folder)
    return partial(lived, team)


def test_an_incident_is_kept_whole_if_nothing_dies(steps: Callable[[int], Fate]) -> None:
    """And the number of its steps is that of the test below."""
    assert steps(0).steps == STEPS


STEPS = 88


SINGLE = {
    "opens": """
on = ["taskTagUpdated"]
when = '"incident" in task.tags'
do = [{ action = "open_incident" }]
""",
    "closes": """
on = ["taskTagUpdated"]
when = '!("incident" in task.tags)'
do = [{ action = "close_incident" }]
""",
    "tells": """
on = ["incidentOpened", "incidentClosed"]
do = [{ action = "comment", text = "${event.kind}", mode = "new" }]
""",
}


@pytest.mark.parametrize("last", [5, 7])
def test_automations_of_one_action_tell_of_an_incident_wherever_the_bot_dies(
    team: Team, tmp_path: Path, last: int
) -> None:
    """Nobody else notes that its beginning, or its end, was not told."""
    team.use(tmp_path, **SINGLE)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    for change in (team.member.tag, team.member.untag):
        fate = Fate(last)
        team.restart(builds=mortal_builds(fate))
        change(task, "incident")
        with suppress(Crash):
            team.settle()
        assert fate.steps == last
        team.bot.store.database.forget_deferred()  # it died with the process
        team.control.clock.advance(MINUTE)
        team.restart(builds=mortal_builds(Fate(0)))
        go_on(team, team.bot)

    lines = [comment.text.splitlines()[0] for comment in team.bot.client.comments.of_task(task)]
    assert lines == ["incidentClosed", "incidentOpened"]


@pytest.mark.slow
@pytest.mark.parametrize("last", crash_steps(STEPS, every=6))
def test_everything_of_an_incident_is_done_once_wherever_it_dies(
    steps: Callable[[int], Fate], last: int
) -> None:
    """Noted, called, closed; kept, told; before and after."""
    assert steps(last).steps >= last


class Deaths(Proxy):
    """Strikes at each write: before it acts, between effect and answer, after the answer."""

    def __init__(
        self, target: str, strike: Callable[[], None], points: Sequence[str] = (*POINTS, "")
    ) -> None:
        super().__init__(target, strike)
        self.strikes: list[str] = []
        self.is_on = False
        self._points: dict[str, Iterator[str]] = defaultdict(lambda: itertools.cycle(points))
        # It precedes each message, and is what a message is looked for with: else none got further.
        self._points["channels"] = itertools.chain(filter(None, points), itertools.repeat(""))

    def deaths_of(self, *names: str, points: Iterator[str]) -> None:
        """Have calls of these names be struck at these points from now on."""
        self._points.update(dict.fromkeys(names, points))

    def _pass(self, call: Any, host: str) -> None:
        writes = call.command != "GET" and "/webhook" not in call.path
        name = call.path.partition("?")[0].rpartition("/")[2]
        point = next(self._points[name]) if self.is_on and writes else ""
        if point:
            self.strikes.append(f"{point} {call.command} {name}")
        if point == "before":
            self._die(call)
            return
        answer = call.passed_on(host)
        if point == "between":
            self._die(call)
            return
        call.reply(*answer)
        if point:
            self._die(call)

    def _die(self, call: Any) -> None:
        self._strike()
        self.struck.set()
        call.cut()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.clickup_sandbox(rate_limit=0, retry_spacing_s=(0.3, 1.0, 2.0, 5.0, 10.0))
def test_kill_9_at_each_write_of_an_incident(
    clickup_sandbox: Sandbox, tmp_path: Path, folder: Path
) -> None:
    """The process is killed at every write to ClickUp, from the tag to the post-mortem."""
    url = store_at(tmp_path / "bot.db")
    with closing(Life(clickup_sandbox, tmp_path, folder, url)) as life:
        task = life.member.create_task(LIST, INFERENCE)
        with Store.open(url) as store:
            measured(store, clickup_sandbox, task)
        life.run(lambda: life.member.tag(task, "incident"))
        life.run(lambda: life.member.untag(task, "incident"))
        assert {strike.partition(" ")[0] for strike in life.proxy.strikes} == set(POINTS)
        assert {"POST attachment", "POST messages", "POST pages", "POST docs", "POST task"} <= {
            strike.partition(" ")[2] for strike in life.proxy.strikes
        }
    with Store.open(url) as store, build_client(clickup_sandbox) as client:
        judge(clickup_sandbox, store, client)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.clickup_sandbox(rate_limit=0, retry_spacing_s=(0.3, 1.0, 2.0, 5.0, 10.0))
def test_two_tasks_that_flap_while_the_process_is_killed_share_one_room(
    clickup_sandbox: Sandbox, tmp_path: Path, folder: Path
) -> None:
    """One incident with one room, call, invitation and post-mortem. The process dies between each
    write's effect and its answer, which is where a repetition would be seen.
    """
    live = folder / "live_incident.toml"
    text = live.read_text("utf-8")
    same_setting = text[text.index("same = { default = ") :].partition(", meaning")[0]
    live.write_text(
        text.replace(same_setting, "same = { default = ['${task.list_id}']"), encoding="utf-8"
    )
    url, never = store_at(tmp_path / "bot.db"), itertools.repeat("")
    with closing(Life(clickup_sandbox, tmp_path, folder, url, ("between", *[""] * 99))) as life:
        first, second = (life.member.create_task(LIST, f"{INFERENCE} {n}") for n in (1, 2))
        life.run(partial(flap, life, first))
        life.run(partial(flap, life, second))
        life.proxy.deaths_of("messages", "tag", points=itertools.chain(["between"], never))
        life.run(lambda: life.member.untag(first, "incident"))
        life.run(lambda: life.member.untag(second, "incident"))
        life.run(partial(flap, life, first))
        life.run(lambda: life.member.untag(first, "incident"))
        assert {"POST attachment", "POST messages", "POST pages", "POST task"} <= {
            strike.partition(" ")[2] for strike in life.proxy.strikes
        }
    with Store.open(url) as store:
        judge_shared(clickup_sandbox, store, first, second)


def flap(life: "Life", task: str) -> None:
    """It is live, is over and is live again, before the bot has seen to any of it."""
    life.member.tag(task, "incident")
    life.member.untag(task, "incident")
    life.member.tag(task, "incident")


def judge_shared(sandbox: Sandbox, store: Store, *tasks: str) -> None:
    """What there is once for both tasks."""
    world = sandbox.world
    (incident,) = store.table(Incidents).between(sandbox.team_id, 0, 2**62)
    assert incident.closed_ms is not None
    assert {
        incident_task.task_id for incident_task in store.table(Incidents).tasks(incident.id)
    } == {*tasks}
    assert [channel.name for channel in world.channels if channel.name == incident.room] == [
        incident.room
    ]
    (message,) = world.messages
    assert "**The incident is over**" in message.content
    with build_client(sandbox) as client:
        files = [
            attachment for task in tasks for attachment in client.tasks.get(task).raw["attachments"]
        ]
        texts_by_task = [
            [comment.text for comment in client.comments.of_task(task)] for task in tasks
        ]
    assert [file["title"] for file in files] == [f"{incident.id}.ics"]
    assert len([*world.pages]) == 1
    for texts in texts_by_task:  # where it began, and on the task that joined
        assert sum(f"incident/{incident.id}" in text for text in texts) == 1
    names = Counter(task.name.partition(":")[0] for task in sandbox.control.tasks)
    assert names["Finish the post-mortem"] == names["What would have shortened it"] == 1
    assert store.journal.unfinished() == [] and store.inbox.list("parked", 9) == []


class Life:
    """A bot that is killed at each of its writes, and started again. `close` it."""

    def __init__(
        self,
        sandbox: Sandbox,
        tmp_path: Path,
        folder: Path,
        url: str,
        points: Sequence[str] = (*POINTS, ""),
    ) -> None:
        self._sandbox, self._url = sandbox, url
        self.member = sandbox.control.as_user(sandbox.control.members[1].id)
        self.proxy = Deaths(sandbox.url, self._strike, points)
        self._pid: int | None = None
        clickup = {"token": sandbox.token, "base_url": self.proxy.url, "batch_window": 0}
        self.nursery = Nursery(
            tmp_path,
            clickup=clickup | {"timeout": 3.0},
            store={"url": url},
            automations={"mode": "on", "folder": str(folder)},
            people={"on_call": ["Jonas"]},
        )
        self._pid = self.nursery.serve()
        until(lambda: [*sandbox.world.webhooks], 60)
        until(self.nursery.listens, 60)

    def close(self) -> None:
        self.nursery.close()
        self.proxy.close()

    def run(self, change: Callable[[], Any]) -> None:
        """The change, and deaths until nothing is written any more."""
        self.proxy.is_on = True
        change()
        end = time.monotonic() + 150
        while not self._is_quiet():
            assert time.monotonic() < end, self.proxy.strikes
            if self._pid is None:
                self._pid = self.nursery.start()
            self.proxy.struck.wait(1.0)
            self.proxy.struck.clear()
        self.proxy.is_on = False

    def _strike(self) -> None:
        if (pid := self._pid) is not None:
            self.nursery.kill(pid)
            self._pid = None

    def _is_quiet(self) -> bool:
        """Nothing waits, for a while, and the bot lives."""
        if self._pid is None or not self.nursery.listens():
            return False
        before = len(self.proxy.strikes)
        self._sandbox.control.deliveries.flush()
        time.sleep(1.5)
        idle = self._sandbox.control.deliveries.wait_idle(0)
        return idle and len(self.proxy.strikes) == before and self._is_empty()

    def _is_empty(self) -> bool:
        with Store.open(self._url) as store:
            depth = store.inbox.depth(0)
            assert depth.parked == 0, store.inbox.list("parked", 5)
            waiting = store.waiting.next_due_ms()
            # What a lane has postponed comes soon; the next status update, in half an hour.
            ready = waiting is not None and waiting <= (time.time() + 60) * 1000
            return not ready and not store.journal.unfinished()


def build_client(sandbox: Sandbox) -> Any:
    """A client of the sandbox."""
    return closing(ClickUp(sandbox.token, base_url=sandbox.url))
