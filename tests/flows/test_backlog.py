"""What is urgent goes first through the whole bot, whatever came before it."""

from dataclasses import replace

from clickup_mlops.store import Incoming
from clickup_mlops.store.ranks import Urgency, compute_rank
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team
from tests.store.store_events import event

WAITING = 300


def deleted(team: Team, number: int) -> Incoming:
    """An event as a deleted List leaves them: about a task that the bot does not know."""
    body = f'{{"event": "taskDeleted", "task_id": "gone{number}", "webhook_id": "w"}}'
    row = event(f"gone{number}", f"gone{number}", at=team.bot.now_ms() - 1, body=body.encode())
    return replace(row, kind="taskDeleted", list_id=None, rank=compute_rank(Urgency.LATE))


def test_a_new_task_and_a_command_go_before_hundreds_of_deletions(team: Team) -> None:
    """Their events come last, through the webhook; their writes are made first."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    team.bot.inbox.put_many([deleted(team, number) for number in range(WAITING)])
    new = team.member.create_task(LIST, INFERENCE)
    team.member.comment(task, "/priority low")
    assert team.control.deliveries.wait_idle()

    lanes = team.bot.store.ready_lanes.names(team.bot.now_ms(), WAITING)

    assert lanes[:2] == [task, new]
    team.settle()
    assert team.priority(task) == 4
    assert team.priority(new) is not None
    assert team.bot.inbox.depth(team.bot.now_ms()).ready == 0


def test_the_events_of_an_inference_task_go_before_those_of_others(team: Team) -> None:
    """By what was decided about them before: no call is made to find that out."""
    tasks = [team.member.create_task(LIST, f"{TRAINING} {number}") for number in range(20)]
    inference = team.member.create_task(LIST, INFERENCE)
    team.settle()
    for task in [*tasks, inference]:
        team.member.tag(task, "seen")
    before = team.control.stats.total
    assert team.control.deliveries.wait_idle()

    lanes = team.bot.store.ready_lanes.names(team.bot.now_ms(), 99)

    assert lanes[0] == inference
    assert {*lanes} == {*tasks, inference}
    assert team.control.stats.total == before


def test_a_lane_waits_for_more_of_what_nobody_listens_for(team: Team) -> None:
    """The time spent on a task does, a remark and a change that is routed do not."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    now, later = list[str](), list[str]()
    team.bot.core.dispatch.connect(lambda lane, _rank: now.append(lane), later.append)
    team.member.update(task, time_estimate=3_600_000)
    assert team.control.deliveries.wait_idle()
    assert later == [task] and set(now) == {task}  # `taskUpdated` reports it, too

    team.member.comment(task, "looks fine")
    team.member.set_priority(task, "low")
    assert team.control.deliveries.wait_idle()
    assert later == [task]
    team.settle()
    assert team.bot.inbox.depth(team.bot.now_ms()).ready == 0
