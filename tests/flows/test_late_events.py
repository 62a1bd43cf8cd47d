"""Events that are handled some time after they happened: what people have chosen since then stays,
as it would if the event had been handled at once.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from clickup_mlops.bot.handle import package
from clickup_mlops.store.tables.runs import RunFilter
from tests.flows.conftest import LIST, TRAINING, Team
from tests.flows.test_held import night, over
from tests.flows.test_missed_commands import look, lose

__all__ = ["night"]

MINUTE_MS = 60_000
DUE_MS = 1_900_000_000_000
SECOND_LIST = "Second"
CREATED = 'on = ["taskCreated", "backfill"]\ndo = [{{ action = {} }}]'

Act = Callable[[Team, str], object]
CHOICES: dict[str, tuple[str, Act, object]] = {
    "field": (
        '"set_field", field = "Model", value = "bot"',
        lambda team, task: team.member.set_field(task, "Model", "mine"),
        "mine",
    ),
    "status": (
        '"set_status", status = "in progress"',
        lambda team, task: team.member.set_status(task, "complete"),
        "complete",
    ),
    "due date": (
        '"set_due", in = "P2D", replace = true',
        lambda team, task: team.member.update(task, due_date=DUE_MS),
        str(DUE_MS),
    ),
    "empty field": (
        '"set_field", field = "Model", value = "bot"',
        lambda team, task: [team.member.set_field(task, "Model", text) for text in ("mine", "")],
        "",
    ),
    "List": (
        f'"move", list = "{SECOND_LIST}"',
        lambda team, task: team.member.move(task, "Inbox"),
        "Inbox",
    ),
    "tag": (
        '"add_tag", tag = "bot"',
        lambda team, task: (team.member.tag(task, "bot"), team.member.untag(task, "bot")),
        False,
    ),
}
"""By what it is about: the action, what a person does after the event, and what the task shows."""


def _read(team: Team, task: str, kind: str) -> object:
    raw = team.control.task(task)
    reads: dict[str, Callable[[], object]] = {
        "status": lambda: raw["status"]["status"],
        "due date": lambda: raw["due_date"],
        "List": lambda: raw["list"]["name"],
        "tag": lambda: "bot" in {tag["name"] for tag in raw["tags"]},
    }
    return reads.get(kind, lambda: team.bot.client.tasks.get(task).field("Model"))()


@pytest.fixture
def prepared(team: Team) -> Team:
    """With a custom field and another List."""
    team.control.create_field("Model", "short_text", list_name=LIST)
    team.bot.client.lists.create(SECOND_LIST, space_id=next(iter(team.control.world.spaces)).id)
    return team


def _create(team: Team, kind: str) -> str:
    """A person creates a task and changes it a little later."""
    task: str = team.member.create_task(LIST, TRAINING)
    team.control.clock.advance(5_000)
    CHOICES[kind][1](team, task)
    return task


@pytest.mark.parametrize("kind", CHOICES)
def test_what_people_chose_before_a_creation_is_handled_stays(
    prepared: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Both events waited, as after a restart of the bot; however many came since."""
    monkeypatch.setattr(package, "MOST_RECENT", 1)
    action, _, chosen = CHOICES[kind]
    prepared.use(tmp_path, acts=CREATED.format(action))

    task = _create(prepared, kind)
    prepared.member.update(task, name=f"{TRAINING} 2")
    prepared.settle()

    assert _read(prepared, task, kind) == chosen
    (run,) = prepared.bot.store.runs.list(RunFilter(automation="acts"), 9)
    assert run.result == "overtaken"


@pytest.mark.parametrize("kind", ["field", "status", "due date"])
def test_what_a_task_shows_whose_events_are_lost_stays(
    prepared: Team, tmp_path: Path, kind: str
) -> None:
    """Nobody knows whether it was chosen since. A tag that it lacks is added."""
    action, _, chosen = CHOICES[kind]
    tagged = f'{CREATED.format(action)[:-2]} }}, {{ action = "add_tag", tag = "bot" }}]'
    prepared.use(tmp_path, acts=tagged)
    prepared.control.clock.advance(MINUTE_MS)

    (task,) = lose(prepared, lambda: _create(prepared, kind))
    look(prepared)

    assert _read(prepared, task, kind) == chosen
    assert _read(prepared, task, "tag")


def test_what_people_chose_in_quiet_hours_stays(night: Team, tmp_path: Path) -> None:
    """The creation was at night, too, and the automation waited for the morning. The last choice
    came right after another write of the bot.
    """
    action = 'action = "set_status", status = "in progress"'
    tags = 'on = ["taskCreated"]\ndo = [{ action = "add_tag", tag = "bot" }]'
    acts = f'quiet = true\non = ["taskCreated"]\ndo = [{{ {action} }}]'
    night.use(tmp_path, acts=acts, tags=tags)
    tasks = [night.member.create_task(LIST, TRAINING), _create(night, "status")]
    tasks.append(night.member.create_task(LIST, TRAINING))
    night.settle()
    night.control.clock.advance(1_000)
    assert _read(night, tasks[-1], "tag")
    night.member.set_status(tasks[-1], "complete")
    night.settle()
    over(night)

    statuses = [_read(night, task, "status") for task in tasks]
    assert statuses == ["in progress", "complete", "complete"]


def test_what_people_chose_stays_though_a_lost_creation_waits_for_the_morning(
    night: Team, tmp_path: Path
) -> None:
    """Before it was derived, or after; what the bot itself wrote at night is no choice."""
    night.control.create_field("Model", "short_text", list_name=LIST)
    head = 'on = ["taskCreated"]\ndo = [{ action = "set_field", field = "Model", value = '
    acts = f'quiet = true\n{head}"bot" }}]'
    night.use(tmp_path, acts=acts, first=f'{head}"night", when = \'task.name == "first"\' }}]')
    tasks = lose(
        night,
        lambda: night.member.create_task(LIST, TRAINING),
        lambda: _create(night, "field"),
        lambda: _create(night, "field"),
        lambda: night.member.create_task(LIST, "first"),
    )
    look(night)
    night.member.set_field(tasks[2], "Model", "")
    night.settle()
    over(night)

    assert [_read(night, task, "field") for task in tasks] == ["bot", "mine", "", "bot"]


@pytest.mark.parametrize(
    "text",
    [
        'when = \'task.parent != ""\'\ndo = [{ target = "parent", ',
        'per = "parent"\ndo = [{ ',
        'per = "parent"\nquiet = true\ndo = [{ ',
    ],
    ids=["target", "per parent", "quiet"],
)
def test_the_lost_creation_of_a_subtask_acts_on_its_parent(
    night: Team, tmp_path: Path, text: str
) -> None:
    """Whatever the parent shows was chosen before."""
    action = 'action = "set_status", status = "in progress" }]'
    night.use(tmp_path, acts=f'on = ["taskCreated"]\n{text}{action}')
    parent = _create(night, "status")
    night.settle()
    night.control.clock.advance(MINUTE_MS)
    lose(night, lambda: night.member.create_task(LIST, "Part", parent=parent))
    look(night)
    over(night)

    assert _read(night, parent, "status") == "in progress"


def test_an_automation_whose_action_was_overtaken_waits_for_its_end(
    prepared: Team, tmp_path: Path
) -> None:
    """The next event does not write over what people chose either."""
    head = 'on = ["taskCreated", "taskTagUpdated"]\nuntil = "false"\n'
    action = 'action = "set_field", field = "Model", value = "bot"'
    prepared.use(tmp_path, acts=f"{head}do = [{{ {action} }}]")
    task = _create(prepared, "field")
    prepared.settle()
    prepared.member.tag(task, "later")
    prepared.settle()

    assert _read(prepared, task, "field") == "mine"


def test_an_automation_still_acts_on_the_later_event(team: Team, tmp_path: Path) -> None:
    """What it wants because of the person's change itself is done."""
    head = 'on = ["taskCreated", "taskStatusUpdated"]\nwhen = "!task.open"\n'
    team.use(tmp_path, reopens=f'{head}do = [{{ action = "set_status", status = "to do" }}]')

    task = _create(team, "status")
    team.settle()

    assert _read(team, task, "status") == "to do"


def test_what_people_chose_for_the_parent_stays(team: Team, tmp_path: Path) -> None:
    """Its subtask was closed before, and the parent's lane comes to it later."""
    head = 'on = ["taskStatusUpdated"]\nwhen = \'task.parent != "" && !task.open\'\n'
    action = 'action = "set_status", target = "parent", status = "complete"'
    team.use(tmp_path, closes=f"{head}do = [{{ {action} }}]")
    parent, quiet = (team.member.create_task(LIST, TRAINING) for _ in range(2))
    parts = [team.member.create_task(LIST, "Part", parent=task) for task in (parent, quiet)]
    team.settle()
    for part in parts:
        team.member.set_status(part, "complete")
    team.control.clock.advance(5_000)
    team.member.set_status(parent, "in progress")
    team.settle()

    assert [_read(team, task, "status") for task in (parent, quiet)] == ["in progress", "complete"]
