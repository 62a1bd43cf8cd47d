"""One change is one occurrence, however many events tell of it, in whatever order and company."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import orjson
import pytest
import requests

from clickup_mlops import content
from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import Forbidden
from clickup_mlops.features.simulation.run import History, simulate
from clickup_mlops.features.simulation.simulated import Did
from clickup_mlops.features.simulation.simulation import SimulationContext
from clickup_mlops.features.simulation.tables.recordings import Recordings
from clickup_mlops.sandbox.clickup.delivery import Delivery, sign
from tests.flows.conftest import INFERENCE, LIST, Team, build
from tests.flows.test_executor import Crash, dying, go_on
from tests.soak import crash_steps

BOTH = ("taskUpdated", "taskStatusUpdated")
POST_MORTEM = """
on = ["taskUpdated", "taskStatusUpdated", "backfill"]
when = 'task.status == "complete" && "incident" in task.tags'
do = [
  { action = "create_task", key = "${event.key}", name = "Post-mortem: ${task.name}" },
  { action = "comment", mode = "new", text = "Over" },
  { action = "remove_tag", tag = "incident" },
]
"""
SAYS = """
on = [{on}]
do = [{{ action = "comment", mode = "new", text = "{text}" }}]
"""


def says(*on: str, text: str = '${event.kind}: ${event.changed.join(\\" \\")}') -> str:
    """An automation that says for each occurrence what it sees."""
    return SAYS.format(on=", ".join(f'"{kind}"' for kind in on), text=text)


def list_first_lines(team: Team, task: str) -> list[str]:
    """The first lines of the bot's comments, oldest first."""
    comments = team.bot.client.comments.of_task(task)
    return [comment.text.splitlines()[0] for comment in comments][::-1]


def post_mortems(team: Team) -> list[str]:
    """The names of the tasks that were made."""
    names = [task.name for task in team.control.tasks]
    return [name for name in names if name.startswith("Post-mortem")]


@contextmanager
def hold_deliveries(team: Team) -> Iterator[list[Delivery]]:
    """What ClickUp tells meanwhile does not arrive before it is `told`."""
    deliveries, held = team.control.deliveries, list[Delivery]()
    delivery_count = len(team.control.delivery_log())
    deliveries.pause()
    try:
        yield held
    finally:
        deliveries.discard_queued()
        deliveries.resume()
        held += team.control.delivery_log()[delivery_count:]


def deliver(team: Team, deliveries: Sequence[Delivery], *kinds: str) -> None:
    """Have these kinds of what was held back arrive now, one after the other."""
    for kind in kinds:
        for delivery in deliveries:
            if delivery.kind == kind:
                team.control.deliveries.resend(delivery.id)
                assert team.control.deliveries.wait_idle()


def quiet_task(team: Team, *tags: str) -> str:
    """A task whose creation is over."""
    task = team.member.create_task(LIST, INFERENCE)
    for tag in tags:
        team.member.tag(task, tag)
    team.settle()
    team.control.clock.advance(1_000)
    return task


@pytest.mark.parametrize("kinds", [BOTH, BOTH[::-1]])
@pytest.mark.parametrize("apart", ["together", "in turn", "a day apart", "after a restart"])
def test_an_automation_acts_once_for_each_change(
    team: Team, tmp_path: Path, kinds: tuple[str, str], apart: str
) -> None:
    """Whichever event comes first, with the other, after it, much later, or in another process."""
    team.use(tmp_path, says=says(*BOTH, text="Once"))
    task = quiet_task(team)
    with hold_deliveries(team) as held:
        team.member.set_status(task, "complete")
    before = list_first_lines(team, task)
    with ExitStack() as stack:
        deliver(team, held, *(kinds if apart == "together" else kinds[:1]))
        team.settle()
        if apart == "a day apart":
            team.control.clock.advance(86_400_000)
        deliver(team, held, *kinds)
        if apart == "after a restart":
            stack.enter_context(after_restart(team))
        team.settle()

    assert list_first_lines(team, task) == [*before, "Once"]


@contextmanager
def after_restart(team: Team) -> Iterator[Bot]:
    """Another process goes on, with the same store."""
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        again.run_until_idle()
        yield again


@pytest.mark.parametrize("kinds", [BOTH, BOTH[::-1]])
def test_conditions_see_the_same_whichever_event_comes_first(
    team: Team, tmp_path: Path, kinds: tuple[str, str]
) -> None:
    """The most telling kind that the automation listens for."""
    team.use(
        tmp_path,
        both=says(*BOTH),
        general=says("taskUpdated"),
        special=says("taskStatusUpdated"),
    )
    task = quiet_task(team)
    with hold_deliveries(team) as held:
        team.member.set_status(task, "complete")
    before = list_first_lines(team, task)
    for kind in kinds:
        deliver(team, held, kind)
        team.settle()

    causes = ["taskStatusUpdated: status", "taskStatusUpdated: status", "taskUpdated: status"]
    assert sorted(list_first_lines(team, task)[len(before) :]) == causes


@pytest.mark.parametrize("kinds", [("taskCreated", BOTH[1]), (BOTH[1], "taskCreated")])
def test_a_new_task_is_one_change(team: Team, tmp_path: Path, kinds: tuple[str, str]) -> None:
    """Its creation and its first status, told by two events."""
    team.use(tmp_path, both=says("taskCreated", "taskUpdated", "taskStatusUpdated"))
    with hold_deliveries(team) as held:
        task = team.member.create_task(LIST, INFERENCE)
    for kind in kinds:
        deliver(team, held, kind)
        team.settle()

    assert list_first_lines(team, task) == ["taskCreated: status task_creation"]


def test_a_task_that_the_bot_made_is_an_echo_in_both_events(team: Team, tmp_path: Path) -> None:
    """An automation that listens for both makes no task because of its own."""
    team.use(
        tmp_path,
        maker="""on = ["taskCreated", "taskStatusUpdated"]
        do = [{ action = "create_task", name = "Check ${task.name}" }]""",
    )
    team.member.create_task(LIST, INFERENCE)
    team.settle()

    assert len(team.control.tasks) == 2


def test_an_item_that_only_the_second_event_has_is_evaluated(team: Team, tmp_path: Path) -> None:
    """And nothing but that."""
    team.use(tmp_path, both=says(*BOTH, "taskPriorityUpdated"))
    task = quiet_task(team)
    with hold_deliveries(team) as deliveries:
        team.member.set_status(task, "complete")
        team.member.set_priority(task, "high")
    before = list_first_lines(team, task)
    deliver(team, deliveries, "taskStatusUpdated")
    team.settle()
    together(deliveries)
    team.settle()
    deliver(team, deliveries, "taskPriorityUpdated", "taskUpdated")
    team.settle()

    causes = ["taskStatusUpdated: status", "taskPriorityUpdated: priority"]
    assert list_first_lines(team, task) == [*before, *causes]


def together(deliveries: Sequence[Delivery]) -> None:
    """One `taskUpdated` with the items of all that were held back."""
    updates = [delivery for delivery in deliveries if delivery.kind == "taskUpdated"]
    bodies = [orjson.loads(delivery.body) for delivery in updates]
    items = [item for body in bodies for item in body["history_items"]]
    body = orjson.dumps(bodies[0] | {"history_items": items})
    signature = {"X-Signature": sign(body, updates[0].secret)}
    assert requests.post(updates[0].endpoint, data=body, headers=signature, timeout=9).ok


def test_a_latched_automation_is_not_released_by_the_second_event(
    team: Team, tmp_path: Path
) -> None:
    """Its own write made `until` hold; nothing else has happened."""
    team.use(
        tmp_path,
        hot="""on = ["taskUpdated", "taskTagUpdated"]
        when = '"hot" in task.tags'
        do = [{ action = "remove_tag", tag = "hot" }]
        until = '!("hot" in task.tags)'
        then = [{ action = "comment", text = "Released", mode = "new" }]""",
    )
    task = quiet_task(team)
    with hold_deliveries(team) as deliveries:
        team.member.tag(task, "hot")
    for kind in ("taskUpdated", "taskTagUpdated"):
        deliver(team, deliveries, kind)
        team.settle()
    assert list_first_lines(team, task) == []

    team.member.tag(task, "other")
    team.settle()
    assert list_first_lines(team, task) == ["Released"]


def test_what_was_refused_is_done_when_the_event_is_replayed(team: Team, tmp_path: Path) -> None:
    """Once, and what was done is not repeated for the other event."""
    team.use(tmp_path, post_mortem=POST_MORTEM)
    task = quiet_task(team, "incident")
    team.control.faults.add("status", method="DELETE", path="*/tag/*", status_code=403, times=None)
    with hold_deliveries(team) as deliveries:
        team.member.set_status(task, "complete")
    for kind in BOTH:
        deliver(team, deliveries, kind)
        team.settle()
    (row,) = team.bot.inbox.list("parked", 9)
    assert row.error.startswith(Forbidden.__name__)
    assert (len(post_mortems(team)), list_first_lines(team, task)) == (1, ["Over"])

    team.control.faults.clear()
    team.bot.inbox.replay(row.id, team.bot.now_ms())
    team.settle()
    assert (len(post_mortems(team)), list_first_lines(team, task)) == (1, ["Over"])
    assert team.control.task(task)["tags"] == []


def test_a_refused_action_is_not_tried_by_the_other_event(team: Team, tmp_path: Path) -> None:
    """A refusal is final; who replays the parked event has it tried, once."""
    team.use(tmp_path, says=says(*BOTH, text="Once"))
    task = quiet_task(team)
    before = list_first_lines(team, task)
    team.control.faults.add("status", method="POST", path="*/comment", status_code=403, times=1)
    with hold_deliveries(team) as deliveries:
        team.member.set_status(task, "complete")
    for kind in BOTH:
        deliver(team, deliveries, kind)
        team.settle()
    assert list_first_lines(team, task) == before

    (row,) = team.bot.inbox.list("parked", 9)
    team.bot.inbox.replay(row.id, team.bot.now_ms())
    team.settle()
    assert list_first_lines(team, task) == [*before, "Once"]


def test_a_change_that_a_back_fill_found_first(team: Team, tmp_path: Path) -> None:
    """Its own events come late: who acted does not act again, who did not is asked. What was
    derived does not say who did it.
    """
    team.use(
        tmp_path,
        state=says(*BOTH, "backfill", text="Acted"),
        change=says(*BOTH, "backfill", text="Changed") + "when = 'event.user != 0'\n",
    )
    task = quiet_task(team)
    before = list_first_lines(team, task)
    with hold_deliveries(team) as deliveries:
        team.member.set_status(task, "complete")
    team.job("backfill")
    assert list_first_lines(team, task) == [*before, "Acted"]

    deliver(team, deliveries, *BOTH)
    team.settle()
    assert list_first_lines(team, task) == [*before, "Acted", "Changed"]

    team.control.clock.advance(1_000)
    team.member.set_status(task, "to do")
    team.settle()
    assert list_first_lines(team, task) == [*before, "Acted", "Changed", "Changed", "Acted"]


@pytest.mark.parametrize("apart", ["together", "in turn"])
def test_live_and_a_simulation_of_it_make_as_many_post_mortems(
    team: Team, tmp_path: Path, apart: str
) -> None:
    """Also where the first write of the automation ends what it looks at."""
    team.use(tmp_path, post_mortem=POST_MORTEM)
    since_ms = team.bot.now_ms()
    for _ in range(2):
        task = quiet_task(team, "incident")
        with hold_deliveries(team) as held:
            team.member.set_status(task, "complete")
        if apart == "in turn":
            deliver(team, held, "taskUpdated")
            team.settle()
        deliver(team, held, *BOTH)
        team.settle()

    assert len(simulated(team, since_ms)) == len(post_mortems(team)) == 2


def simulated(team: Team, since_ms: int) -> list[Did]:
    """The tasks that the automations would have made in what the bot has recorded."""
    bot = team.bot
    history = History(lambda: bot.store.table(Recordings).since(0), list, since_ms, bot.now_ms())
    context = SimulationContext(bot.context.classifier, bot.context.directory)
    simulation = simulate(bot.settings, bot.context.automations, history, context)
    return [action for action in simulation.writes if action.kind.startswith("task:")]


def test_a_shipped_automation_makes_its_task_once_live_and_simulated(
    team: Team, tmp_path: Path
) -> None:
    """`model_promoted` listens for both events of a tag, and makes a subtask and a checklist."""
    shutil.copy(content.find_folder("automations") / "model_promoted.toml", tmp_path)
    team.configure(folder=tmp_path, by_name={"model_promoted": {"mode": "on"}})
    version = team.control.create_field("Model version", "short_text", list_name=LIST)
    since_ms = team.bot.now_ms()
    task = quiet_task(team)
    team.member.set_field(task, version.id, "v8")
    team.member.tag(task, "promoted")
    team.settle()

    assert len(team.control.tasks) == 2
    assert len(simulated(team, since_ms)) == 1


@pytest.mark.parametrize("last", crash_steps(18))
def test_a_crash_between_the_events_doubles_nothing(team: Team, tmp_path: Path, last: int) -> None:
    """It dies at every step of what the first event asks for; then the second event comes, too."""
    team.use(tmp_path, post_mortem=POST_MORTEM)
    task = quiet_task(team, "incident")
    with hold_deliveries(team) as held:
        team.member.set_status(task, "complete")
    fate = dying(team, last)
    deliver(team, held, BOTH[0])
    with suppress(Crash):
        team.settle()
    assert fate.steps == last
    deliver(team, held, BOTH[1])
    team.control.clock.advance(60_000)
    with after_restart(team) as again:
        go_on(team, again)

    assert (len(post_mortems(team)), list_first_lines(team, task)) == (1, ["Over"])
    assert team.control.task(task)["tags"] == []


def test_the_second_event_costs_no_call(team: Team, tmp_path: Path) -> None:
    """Two calls for one change: the task is read, the comment is written."""
    team.use(tmp_path, says=says(*BOTH, text="Once"))
    task = quiet_task(team)
    team.control.reset_counts()
    with hold_deliveries(team) as deliveries:
        team.member.set_status(task, "complete")
    for kind in BOTH:
        deliver(team, deliveries, kind)
        team.settle()

    assert team.control.stats.total == 2
