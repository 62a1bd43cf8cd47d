"""No two threads of the bot ever wait for each other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

import clickup_mlops
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.handle.context.package import ContextPackage
from clickup_mlops.bot.handle.context.routing_context import RoutingContext
from clickup_mlops.bot.handle.evaluator import Sight
from clickup_mlops.bot.members import member
from clickup_mlops.bot.packages import Builds
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.sandbox import Sandbox, running
from clickup_mlops.store.queries.task_memory import TaskMemory
from clickup_mlops.store.tables.mirror import Mirror
from tests.flows.conftest import (
    INFERENCE,
    LIST,
    TRAINING,
    Team,
    build,
    receiving,
    settings_for,
    until,
)
from tests.locks import Locks, Recorded, recorded
from tests.ports import BoundPort

WAITING = 'task.workload == "training"'


class Slow(Mirror):
    """Counting takes until `go_on` is set, the first time that a thread of that name asks."""

    def __init__(self, mirror: Mirror, thread: str) -> None:
        super().__init__(mirror._database)
        self._thread, self.is_asked, self.go_on = thread, threading.Event(), threading.Event()

    def open_and_urgent(self, list_id: str, *, besides: str = "") -> tuple[int, frozenset[str]]:
        if threading.current_thread().name == self._thread:
            self.is_asked.set()
            assert self.go_on.wait(10)
        return super().open_and_urgent(list_id, besides=besides)


class SlowContext(ContextPackage):
    """Counting for a schedule is slow."""

    @member
    def routing_context(self) -> RoutingContext:
        store = self.core.store
        slow = Slow(store.mirror, "schedule")
        return RoutingContext(slow, store.overrides, store.decisions)


def _in_thread(name: str, work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread


def test_a_schedule_and_an_event_may_ask_routing_at_the_same_time(
    team: Team, tmp_path: Path
) -> None:
    """The schedule is just asking routing about one task when an event of another one comes."""
    team.use(
        tmp_path,
        waits=f"on = ['taskCreated']\nschedule = {{ cron = '*/10 * * * *' }}\nwhen = '{WAITING}'\n"
        "do = [{ action = 'add_tag', tag = 'deferred' }]",
    )
    (first, second) = (team.member.create_task(LIST, name) for name in (TRAINING, INFERENCE))
    tasks = [Task.parse(team.control.task(task_id)) for task_id in (first, second)]
    team.restart(builds=Builds(context=SlowContext))
    bot, (automation,) = team.bot, team.bot.context.automations
    slow = bot.context.routing_context._mirror
    assert isinstance(slow, Slow)
    event = CausedEvent.internal(
        webhook.parse(b'{"event":"taskCreated","task_id":"x","webhook_id":"w"}')
    )

    def evaluate() -> None:
        evaluator = bot.handling.evaluator
        evaluator.release(evaluator.evaluate(tasks[1], [event], Sight(TaskMemory())))

    asking = _in_thread(
        "schedule", lambda: bot.handling.evaluator.wants(automation, tasks[0], event)
    )
    assert slow.is_asked.wait(10)
    lane = _in_thread("lane", evaluate)
    lane.join(0.3)
    slow.go_on.set()

    for thread in (asking, lane):
        thread.join(10)
        assert not thread.is_alive()


ALLOWED: Final = {
    ("HTTP", "Pace"): "one read of a List serves all who wait for it, and they wait a second",
    ("store", "Pace"): "the same",
    ("store", "Governor"): "permits are counted in the store; who waits could not call anyhow",
    ("store", "Metrics"): "one scrape measures at a time; the others wait five seconds",
    ("store", "Core"): "the first member that is built opens the store, before any thread runs",
}
"""What may be called while a lock is held, and why that is right."""

VALUES: Final = {
    "features/metrics/placement/placing.py",
    "features/network/diagnosis/fabric.py",
    "features/network/diagnosis/view.py",
    "features/network/diagnosis/windows.py",
    "features/network/simulate/fabrics.py",
    "features/network/topology/model.py",
    "clickup/model.py",
    "logs.py",
    "features/metrics/scrape.py",
    "features/simulation/operations/what_if.py",
    "features/provisioning/plan/model.py",
    "routing/classifier/evidence.py",
    "routing/policy.py",
    "routing/what_if.py",
    "automations/lint/model.py",
    "features/simulation/simulated.py",
    "sandbox/sandbox.py",
    "sandbox/monday/sandbox.py",
    "features/migration/sources/_asana_json.py",
    "features/migration/sources/_azure_json.py",
    "features/migration/sources/_files/unread.py",
    "features/migration/sources/github.py",
    "features/migration/sources/ms_project.py",
    "features/migration/sources/trello.py",
}
"""Where cached properties are computed from a value's own parts."""
FILES: Final = {
    "features/migration/sources/_asana_csv.py",
    "features/migration/sources/_files/file_source.py",
    "features/migration/sources/_monday_files.py",
    "features/migration/sources/csv_file.py",
}
"""Where they read a file that nobody else reads: it asks for no lock."""

INCIDENT = "Production is down: the serving endpoint answers 500 to every request"
NAMES = ("training_deferred", "live_incident")


def _run(folder: Path, rounds: int) -> bool:
    """A team works while schedules fire again and again. Whether everything was handled in time."""
    with running(rate_limit=0, retry_spacing_s=(0.05,)) as sandbox:
        port = BoundPort()
        automations = {name: {"mode": "on"} for name in NAMES}
        settings = settings_for(sandbox, folder, port, automations={"by_name": automations})
        with build(settings) as bot, receiving(bot, port):
            bot.start()
            until(lambda: sandbox.control.world.webhooks)
            member = sandbox.control.as_user(sandbox.control.members[1].id)
            for number in range(rounds):
                task = member.create_task(LIST, (INCIDENT, TRAINING, INFERENCE)[number % 3])
                member.tag(task, "gpu")
                member.comment(task, "/why")
                _fire(bot, number)
            bot.measure()
            return _becomes_idle(bot, sandbox)


def _fire(bot: Bot, number: int) -> None:
    for automation in bot.context.automations:
        if automation.schedule and automation.mode != "off":
            bot.sources.schedules.insert(automation, number)
    bot.jobs.queue.run_now("reevaluate")


def _becomes_idle(bot: Bot, sandbox: Sandbox) -> bool:
    def is_idle() -> bool:
        backlog = bot.store.stats.backlog(bot.now_ms())
        # Of each open incident the next status update waits until it is due, and the question
        # whether it is the same outage as another one for its answer.
        incidents = bot.store.table(Incidents).open(bot.workspace_id, 99)
        waiting = len(incidents) + sum(bool(incident.original_id) for incident in incidents)
        return backlog.ready + backlog.running == 0 and backlog.waiting <= waiting

    with suppress(AssertionError):
        return until(lambda: sandbox.control.deliveries.wait_idle(0.1) and is_idle())
    return False


@pytest.fixture
def locks() -> Iterator[Locks]:
    with recorded() as recording:
        yield recording


def test_locks_are_taken_in_one_order_and_nothing_is_called_with_one(
    locks: Locks, tmp_path: Path
) -> None:
    """In a running bot: events, commands, schedules and jobs at the same time, with the shipped
    automations that ask routing in a schedule.
    """
    in_time = _run(tmp_path, 20)

    circle = locks.cycle()
    assert circle == [], locks.story(circle)
    forbidden = {pair: where for pair, where in locks.during.items() if pair not in ALLOWED}
    assert forbidden == {}, "\n".join(f"{pair}:\n{where}" for pair, where in forbidden.items())
    assert in_time
    assert ("store", "Governor") in locks.during  # it does look


def test_the_recorder_sees_a_circle() -> None:
    """Two locks that are taken in either order, though nobody got stuck this time."""
    locks = Locks()

    def take_both(first: Any, second: Any) -> None:
        with first, second:
            pass

    first_lock, second_lock = (Recorded(threading.Lock(), name, locks) for name in ("one", "other"))
    take_both(first_lock, second_lock)
    assert locks.cycle() == []
    take_both(second_lock, first_lock)

    assert locks.cycle() == ["one", "other", "one"]
    assert "one -> other" in locks.story(locks.cycle())


def test_cached_properties_are_for_values_alone() -> None:
    """Python 3.11 holds a lock while it calls them, the same one for all objects of the class: what
    they compute must read nothing but the object.
    """
    root = Path(clickup_mlops.__file__).parent
    users = {
        file.relative_to(root).as_posix()
        for file in root.rglob("*.py")
        if "@cached_property" in file.read_text(encoding="utf-8")
    }

    assert users <= VALUES | FILES
