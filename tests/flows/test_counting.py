"""Automations that count: how often something happened on a task."""

from pathlib import Path

from tests.flows.conftest import INFERENCE, LIST, Team
from tests.flows.test_simulation import simulated

CROWDED = """
on = ["taskTagUpdated"]
when = 'tasks["Tasks"].filter(t, "incident" in t.tags).size() >= 2'
do = [{ action = "comment", text = "${task.list_tasks.size()} open here" }]
"""
DIGEST = """
schedule = { cron = "0 * * * *" }
per = "workspace"
[[do]]
action = "create_task"
list = "Tasks"
key = "digest"
name = "Digest"
text = '${tasks["Tasks"].sum("Load")} in all, ${tasks["Tasks"].mean("Load")} each'
"""
FLAPPING = """
on = ["taskUpdated", "taskStatusUpdated"]
when = '"status" in event.changed && event.history.count(duration("1h"), "in progress") >= 3'
do = [{ action = "add_tag", tag = "flapping" }]
"""
NOISY = """
on = ["taskCreated"]
cap = 2
mode = "on"
do = [
  { action = "comment", text = "One" },
  { action = "comment", key = "2", text = "Two" },
  { action = "add_tag", tag = "counted" },
]
"""
MINUTE_MS = 60_000


def _flap(team: Team, task: str, times: int, every_ms: int = MINUTE_MS) -> None:
    for _ in range(times):
        for status in ("in progress", "to do"):
            team.member.set_status(task, status)
            team.settle()
            team.control.clock.advance(every_ms // 2)


def _tags(team: Team, task: str) -> set[str]:
    return {tag["name"] for tag in team.control.task(task)["tags"]}


def test_a_change_is_counted_once_however_many_events_report_it(team: Team, tmp_path: Path) -> None:
    """A status that comes a third time within the hour is flapping; a simulation agrees."""
    begin_ms = team.bot.now_ms()
    team.use(tmp_path, flapping=FLAPPING)
    task = team.member.create_task(LIST, INFERENCE)
    _flap(team, task, 2)
    assert _tags(team, task) == set()

    _flap(team, task, 1)

    assert _tags(team, task) == {"flapping"}
    assert [action.kind for action in simulated(team, begin_ms).writes] == ["tag:flapping"]


def test_what_happened_before_the_window_does_not_count(team: Team, tmp_path: Path) -> None:
    """Three times, but never within one hour."""
    team.use(tmp_path, flapping=FLAPPING)
    task = team.member.create_task(LIST, INFERENCE)

    _flap(team, task, 3, every_ms=40 * MINUTE_MS)

    assert _tags(team, task) == set()


def test_open_tasks_are_counted_without_a_call(team: Team, tmp_path: Path) -> None:
    """Of a List by its name, in any task of it; what is closed does not count."""
    begin_ms = team.bot.now_ms()
    team.use(tmp_path, crowded=CROWDED, seen='on = ["taskCreated"]\ndo = [{ action = "route" }]')
    tasks = [team.member.create_task(LIST, f"{INFERENCE} {number}") for number in range(3)]
    team.member.set_status(tasks[0], "complete")
    team.settle()
    for task in tasks[:2]:
        team.member.tag(task, "incident")
        team.settle()
    assert not list(team.bot.client.comments.of_task(tasks[1]))
    team.control.reset_counts()

    team.member.tag(tasks[2], "incident")
    team.settle()

    assert team.control.stats.calls("GET", "/task") <= 1
    (comment,) = team.bot.client.comments.of_task(tasks[2])
    assert comment.text.startswith("2 open here")
    comments = [
        action for action in simulated(team, begin_ms).writes if action.kind.startswith("comment")
    ]
    assert [comment.task_id for comment in comments] == [tasks[2]]


def test_a_digest_shows_sums_and_means_of_a_list(team: Team, tmp_path: Path) -> None:
    """Without a task of its own; tasks without a number do not count."""
    team.control.create_field("Load", "number")
    team.use(tmp_path, digest=DIGEST, seen='on = ["taskCreated"]\ndo = [{ action = "route" }]')
    for load in (1, 2, None):
        team.member.create_task(
            LIST,
            INFERENCE,
            custom_fields=[] if load is None else [{"id": field_id(team), "value": load}],
        )
    team.settle()
    (automation,) = [
        automation for automation in team.bot.context.automations if automation.name == "digest"
    ]

    team.bot.sources.schedules.insert(automation, team.bot.now_ms())
    team.settle()

    (digest,) = [task for task in team.control.tasks if task.name == "Digest"]
    assert "3 in all, 1.5 each" in str(team.control.task(digest.id))


def field_id(team: Team) -> str:
    """The id of the field `Load`."""
    (task_list,) = [
        task_list
        for task_list in team.bot.client.fields.of_list(team.control.list_id(LIST))
        if task_list.name == "Load"
    ]
    return task_list.id


def test_notices_at_their_cap_keep_no_other_write_back(team: Team, tmp_path: Path) -> None:
    """The comments of the first task use up the cap for comments, and only that."""
    team.use(tmp_path, noisy=NOISY)
    tasks = []
    for number in range(3):
        tasks.append(team.member.create_task(LIST, f"Task {number}"))
        team.settle()

    marked = [[tag["name"] for tag in team.control.task(task)["tags"]] for task in tasks]
    assert marked == [["counted"], ["counted"], []]
    world = team.control.world
    assert [comment.on_id for comment in world.comments] == [tasks[0], tasks[0]]
