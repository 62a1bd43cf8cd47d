"""No two threads of the bot ever wait for each other."""

import threading
from collections.abc import Callable

from clickup_mlops.bot.people import own
from clickup_mlops.bot.surroundings import Surroundings
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Task
from clickup_mlops.store.mirror import Mirror
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team

WAITING = 'task.workload == "training"'


class Slow(Mirror):
    """Counting takes until `go_on` is set, the first time that a thread of that name asks."""

    def __init__(self, mirror: Mirror, thread: str) -> None:
        super().__init__(mirror._database)
        self._thread, self.asked, self.go_on = thread, threading.Event(), threading.Event()

    def open_and_urgent(self, list_id: str):
        if threading.current_thread().name == self._thread:
            self.asked.set()
            assert self.go_on.wait(10)
        return super().open_and_urgent(list_id)


def _in_thread(name: str, work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread


def test_a_schedule_and_an_event_may_ask_routing_at_the_same_time(team: Team, tmp_path) -> None:
    """The schedule is just asking routing about one task when an event of another one comes."""
    team.use(
        tmp_path,
        waits=f"on = ['taskCreated']\nschedule = {{ cron = '*/10 * * * *' }}\nwhen = '{WAITING}'\n"
        "do = [{ verb = 'add_tag', tag = 'deferred' }]",
    )
    (one, other) = (team.member.create_task(LIST, name) for name in (TRAINING, INFERENCE))
    tasks = [Task.parse(team.control.task(each)) for each in (one, other)]
    bot, (rule,) = team.bot, team.bot.rules
    store = bot.store
    slow = Slow(store.mirror, "schedule")
    bot.use(surroundings=Surroundings(slow, store.overrides, store.decisions))
    event = own(webhook.parse(b'{"event":"taskCreated","task_id":"x","webhook_id":"w"}'))

    def evaluate() -> None:
        bot.ruling.release(bot.ruling.evaluate(tasks[1], [event]))

    asking = _in_thread("schedule", lambda: bot.ruling.wants(rule, tasks[0], event))
    assert slow.asked.wait(10)
    judging = _in_thread("lane", evaluate)
    judging.join(0.3)
    slow.go_on.set()

    for thread in (asking, judging):
        thread.join(10)
        assert not thread.is_alive()
