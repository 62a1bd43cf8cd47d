"""Automations that set each other off: wanted chains run, loops stop, no own echo counts."""

from pathlib import Path

import pytest

from clickup_mlops.store import Write
from clickup_mlops.store.journal_rows import DONE, JournalRow
from tests.flows.conftest import INFERENCE, LIST, Team

ON_TAG = 'on = ["taskTagUpdated"]\n'
PING = ON_TAG + """when = '!("x" in task.tags)'\ndo = [{ action = "add_tag", tag = "x" }]"""
PONG = ON_TAG + """when = '"x" in task.tags'\ndo = [{ action = "remove_tag", tag = "x" }]"""


def _when_tagged(tag: str, adds: str) -> str:
    do = f'do = [{{ action = "add_tag", tag = "{adds}" }}]'
    return f"""{ON_TAG}when = '"{tag}" in task.tags'\n{do}"""


def _writes(team: Team) -> list[JournalRow]:
    return team.bot.store.journal.list()[::-1]


def test_automations_that_undo_each_other_stop_after_four_hops(team: Team, tmp_path: Path) -> None:
    """Each write knows the chain that led to it."""
    team.use(tmp_path, ping=PING, pong=PONG)
    task = team.member.create_task(LIST, INFERENCE)
    team.member.tag(task, "start")
    team.settle()

    assert [row.automation for row in _writes(team)] == ["ping", "pong", "ping", "pong"]
    assert [len(row.chain) for row in _writes(team)] == [0, 1, 2, 3]
    last = _writes(team)[-1]
    assert [automation for _, automation in last.chain] == ["ping", "pong", "ping"]
    assert last.chain[0][0] == _writes(team)[0].cause


def test_the_number_of_hops_is_configured(team: Team, tmp_path: Path) -> None:
    """Two: one automation and one that answers it."""
    team.configure(hops=2)
    team.use(tmp_path, ping=PING, pong=PONG)
    task = team.member.create_task(LIST, INFERENCE)
    team.member.tag(task, "start")
    team.settle()

    assert [row.automation for row in _writes(team)] == ["ping", "pong"]


def test_a_wanted_chain_runs_to_its_end(team: Team, tmp_path: Path) -> None:
    """A's write makes B act, and B's makes C act."""
    team.use(
        tmp_path,
        a=_when_tagged("go", "one"),
        b=_when_tagged("one", "two"),
        c=_when_tagged("two", "three"),
    )
    task = team.member.create_task(LIST, INFERENCE)
    team.member.tag(task, "go")
    team.settle()

    assert [row.automation for row in _writes(team)] == ["a", "b", "c"]
    tags = {tag["name"] for tag in team.control.task(task)["tags"]}
    assert tags >= {"go", "one", "two", "three"}


def test_an_echo_that_no_other_automation_listens_for_costs_no_call(
    team: Team, tmp_path: Path
) -> None:
    """Two calls: the task is read, the tag is written."""
    team.use(tmp_path, a=_when_tagged("go", "one"))
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.reset_counts()
    team.member.tag(task, "go")
    team.settle()

    assert [row.automation for row in _writes(team)] == ["a"]
    assert team.control.stats.total == 2


def test_a_cap_stops_one_automation_and_not_the_others(team: Team, tmp_path: Path) -> None:
    """And holds for a bot that was started again: it is counted in the journal."""
    team.use(
        tmp_path,
        capped='on = ["taskCreated"]\ncap = 2\ndo = [{ action = "add_tag", tag = "capped" }]',
        other='on = ["taskCreated"]\ndo = [{ action = "add_tag", tag = "other" }]',
    )
    for number in range(4):
        team.member.create_task(LIST, f"{INFERENCE} {number}")
        team.settle()

    assert [row.automation for row in _writes(team)].count("capped") == 2
    assert [row.automation for row in _writes(team)].count("other") == 4


def test_a_task_that_the_bot_made_carries_its_chain(team: Team, tmp_path: Path) -> None:
    """Automations hear of it, except the one that made it: else it would make tasks for ever."""
    team.use(
        tmp_path,
        maker='on = ["taskCreated"]\n'
        'do = [{ action = "create_task", name = "Check ${task.name}" }]',
        marker='on = ["taskCreated"]\ndo = [{ action = "add_tag", tag = "new" }]',
    )
    team.member.create_task(LIST, INFERENCE)
    team.settle()

    writes = [(row.automation, len(row.chain)) for row in _writes(team)]
    assert sorted(writes) == [("maker", 0), ("marker", 0), ("marker", 1)]


def test_an_event_waits_for_the_answer_that_may_name_it(team: Team, tmp_path: Path) -> None:
    """ClickUp reports a new task before it answers: it is evaluated when the answer is known."""
    team.use(tmp_path, marker='on = ["taskCreated"]\ndo = [{ action = "add_tag", tag = "new" }]')
    write = Write("t1", "task:maker", None, {"name": "x"}, cause="e1", automation="maker")
    row = team.bot.store.journal.begin(write, team.bot.now_ms())
    task = team.control.as_user(team.control.members[0].id).create_task(LIST, "Made by the bot")
    team.settle()
    assert len(_writes(team)) == 1

    team.bot.store.journal.finish(row, DONE, team.bot.now_ms(), receipt=task)
    team.control.clock.advance(2_000)
    team.settle()
    assert [(row.automation, row.chain) for row in _writes(team)[1:]] == [
        ("marker", (("e1", "maker"),))
    ]


def test_each_edit_of_a_comment_is_heard_and_our_own_is_an_echo(team: Team, tmp_path: Path) -> None:
    """Though ClickUp dates an edit like the comment: the automation's own comment is a day old."""
    team.use(
        tmp_path,
        keeper="""on = ["taskPriorityUpdated"]
        do = [{ action = "comment", text = "Priority ${task.priority}" }]""",
        hearer="""on = ["taskCommentUpdated"]
        do = [{ action = "add_tag", tag = "edit-${string(size(task.tags))}" }]""",
    )
    task = team.member.create_task(LIST, INFERENCE)
    team.member.set_priority(task, "high")
    team.settle()
    team.control.clock.advance(86_400_000)
    team.member.set_priority(task, "low")
    team.settle()
    echo = [(row.automation, len(row.chain)) for row in _writes(team)][-1]
    assert echo == ("hearer", 1)

    comment = team.member.comment(task, "first")
    for text in ("second", "third", "first"):
        team.member.edit_comment(comment, text)
        team.settle()
    assert [(row.automation, len(row.chain)) for row in _writes(team)][-3:] == [("hearer", 0)] * 3


def test_what_an_answer_sets_off_knows_whose_it_is(team: Team, tmp_path: Path) -> None:
    """The bot's reply is reported like a person's comment; its automations follow the command."""
    on = 'on = ["taskCommentPosted"]\n'
    team.use(
        tmp_path,
        said=on + """when = 'true'\ndo = [{ action = "add_tag", tag = "said" }]""",
        again=on + """when = '"said" in task.tags'\ndo = [{ action = "add_tag", tag = "again" }]""",
    )
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.comment(task, "/help")
    team.settle()

    (first,) = [row for row in _writes(team) if row.automation == "said"]
    (second,) = [row for row in _writes(team) if row.automation == "again"]
    assert first.chain == ()
    assert [automation for _, automation in second.chain] == ["/help"]


@pytest.mark.parametrize("hours", [1, 24])
def test_the_bots_write_is_its_own_after_its_machine_was_halted(team: Team, hours: int) -> None:
    """Its clock stood still meanwhile. What it writes before it knows the time is no choice of a
    person, so nothing is held.
    """
    halted_ms = team.control.clock.now_ms()
    team.restart(clock=lambda: halted_ms)
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.clock.advance(hours * 3_600_000)

    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    assert team.priority(task) is not None
    assert team.bot.store.overrides.get(task, team.bot.now_ms()) is None
