"""Shadow mode that people see: a proposal a day, answers, and Lists that go live."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.errors import InputError
from clickup_mlops.features.corrections.tables.corrections import CorrectionLog
from clickup_mlops.features.shadow import live, operations
from clickup_mlops.features.shadow.agreement import measure
from clickup_mlops.features.shadow.live_agreement import measure_live
from clickup_mlops.features.shadow.package import ShadowPackage
from clickup_mlops.features.shadow.pages.start import places
from clickup_mlops.features.shadow.settings import ShadowSettings
from clickup_mlops.features.shadow.tables.answers import Answers
from clickup_mlops.features.shadow.tables.proposals import Proposal, Proposals
from clickup_mlops.features.undo.operations import Target, undo
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import Query
from clickup_mlops.sandbox.clickup.state.model import Message
from clickup_mlops.store import Filter
from clickup_mlops.store.access import EVERYTHING
from clickup_mlops.views.model import Button, Table
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team

HOUR_MS = 3_600_000
EVERY_DAY = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def follow(team: Team, **shadow: Any) -> ShadowPackage:
    """Go on in shadow mode with a proposal in #ops."""
    table = {"lists": (LIST,), "channel": "ops", "at": "00:00", "days": EVERY_DAY, **shadow}
    settings = team.bot.settings
    automations = settings.automations.model_copy(update={"mode": "shadow"})
    changes = {"shadow": ShadowSettings.model_validate(table), "automations": automations}
    team.restart(settings.model_copy(update=changes))
    return team.bot.get(ShadowPackage)


def look(team: Team) -> None:
    """What the clock does every quarter of an hour, and what follows."""
    team.control.clock.advance(HOUR_MS)
    team.bot.get(ShadowPackage).sender.tick()
    team.settle()


def posted(team: Team) -> list[Message]:
    """The messages in channels, without replies."""
    return [message for message in team.sandbox.world.messages if message.parent_id is None]


def proposal(team: Team, task_id: str) -> Proposal:
    """The proposal about this task."""
    found_proposal = team.bot.store.table(Proposals).get(task_id)
    assert found_proposal is not None
    return found_proposal


@contextmanager
def person(team: Team, name: str) -> Iterator[ClickUp]:
    """Another client of the sandbox, with this person's token."""
    with ClickUp(team.sandbox.token_of(name), base_url=team.sandbox.url) as client:
        yield client


def reply(team: Team, text: str, name: str = "Maria") -> None:
    """The person replies to the newest message."""
    team.control.clock.advance(60_000)
    with person(team, name) as client:
        client.chat.reply(team.sandbox.team_id, posted(team)[-1].id, text)


def test_the_team_sees_what_the_bot_would_do(team: Team) -> None:
    """With no custom field on the task, and nothing is written but this one message."""
    follow(team)
    urgent = team.member.create_task(LIST, TRAINING, priority=1)
    serving = team.member.create_task(LIST, INFERENCE)
    team.settle()
    look(team)

    (message,) = posted(team)
    assert "raised 1, lowered 1; 0 where people decided otherwise" in message.content
    assert "Urgent → " in message.content and "training work" in message.content
    assert team.priority(urgent) == 1 and team.priority(serving) is None


def test_one_message_a_day_is_changed_in_place(team: Team) -> None:
    follow(team)
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    look(team)
    (first,) = posted(team)
    team.member.create_task(LIST, TRAINING, priority=1)
    team.settle()
    look(team)

    (message,) = posted(team)
    assert message.id == first.id and TRAINING in message.content


def test_an_answer_is_kept_shown_and_counted(team: Team) -> None:
    follow(team)
    first = team.member.create_task(LIST, INFERENCE)
    second = team.member.create_task(LIST, TRAINING, priority=1)
    team.settle()
    look(team)
    numbers = proposal(team, first).number, proposal(team, second).number
    reply(team, f"agree {numbers[0]}")
    reply(team, f"disagree {numbers[1]} high", "Jonas")
    look(team)

    answers = team.bot.store.table(Answers).since(0)
    assert {(answer.task_id, answer.agrees) for answer in answers} == {
        (first, True),
        (second, False),
    }
    assert measure(answers).share == 0.5
    (message,) = posted(team)
    assert "Maria Keller agrees" in message.content
    assert "Jonas Weber disagrees, wants High" in message.content


def test_all_are_those_that_the_message_named(team: Team) -> None:
    """What comes to its top later was not meant, and nobody has decided on it."""
    follow(team, limit=1)
    first = team.member.create_task(LIST, TRAINING, priority=1)
    second = team.member.create_task(LIST, INFERENCE)
    team.settle()
    look(team)
    reply(team, "disagree all")
    look(team)
    with person(team, "Maria") as client:
        client.tasks.update(first, priority=proposal(team, first).after)
    team.settle()
    look(team)
    look(team)

    assert INFERENCE in posted(team)[-1].content
    assert {answer.task_id for answer in team.bot.store.table(Answers).since(0)} == {first}
    assert team.bot.store.overrides.get(second, team.bot.now_ms()) is None


def test_who_disagrees_has_decided(team: Team) -> None:
    """The corrections have it, and a List that goes live leaves the task as they want it."""
    follow(team)
    task = team.member.create_task(LIST, TRAINING, priority=1)
    team.settle()
    look(team)
    reply(team, f"no {proposal(team, task).number}")
    look(team)
    (correction,) = team.bot.store.table(CorrectionLog).list()
    assert (correction.task_id, correction.chosen) == (task, 1)

    live.switch(team.bot, team.control.task(task)["list"]["id"], "on", actor="Maria")
    team.settle()
    assert team.priority(task) == 1
    (message,) = posted(team)
    assert "1 where people decided otherwise" in message.content


def test_a_reply_that_was_not_read_yet_counts_when_the_list_goes_live(team: Team) -> None:
    follow(team)
    task = team.member.create_task(LIST, TRAINING, priority=1)
    team.settle()
    look(team)
    reply(team, f"agree {proposal(team, task).number}")

    switched = live.switch(team.bot, team.control.task(task)["list"]["id"], "on", actor="Maria")

    assert switched.agreed == 1


def test_a_number_of_no_proposal_is_answered_though_the_list_goes_live(team: Team) -> None:
    """Going live reads the reply, too."""
    follow(team)
    task = team.member.create_task(LIST, TRAINING, priority=1)
    team.settle()
    look(team)
    reply(team, f"agree {proposal(team, task).number}, 97-5000")
    live.switch(team.bot, team.control.task(task)["list"]["id"], "on", actor="Maria")
    team.settle()
    look(team)

    contents = [message.content for message in team.sandbox.world.messages]
    assert sum("There is no proposal 97-1097 here" in content for content in contents) == 1


def test_what_people_do_to_the_task_is_an_answer(team: Team) -> None:
    follow(team)
    followed = team.member.create_task(LIST, INFERENCE)
    refused = team.member.create_task(LIST, TRAINING, priority=1)
    team.settle()
    look(team)
    team.member.update(followed, priority=proposal(team, followed).after)
    team.member.update(refused, priority=2)
    team.settle()
    look(team)

    answers = {answer.task_id: answer for answer in team.bot.store.table(Answers).since(0)}
    assert answers[followed].agrees and not answers[refused].agrees
    assert answers[refused].chosen == 2 and answers[refused].via == "task"


def test_a_list_goes_live_alone_and_back_by_an_undo(team: Team) -> None:
    """Agreed proposals are done at once; the switch is in the audit; other Lists stay."""
    follow(team, lists=("Tasks", "Inbox"))
    agreed = team.member.create_task(LIST, TRAINING, priority=1)
    elsewhere = team.member.create_task("Inbox", INFERENCE)
    team.settle()
    look(team)
    reply(team, f"agree {proposal(team, agreed).number}")
    look(team)
    list_id = team.control.task(agreed)["list"]["id"]

    switched = live.switch(team.bot, list_id, "on", actor="Maria")
    team.settle()
    assert switched.agreed == 1
    assert team.priority(agreed) == 4
    assert team.priority(elsewhere) is None

    (entry,) = team.bot.store.audit.list(Filter(kind=f"list_mode:{list_id}"), 9)
    assert (entry.actor, entry.after) == ("Maria", "on")
    (undone,) = undo(team.bot, Target(f"change:{entry.seq}"), actor="Tom").changes
    assert undone.state == "undone"
    later = team.member.create_task(LIST, INFERENCE)
    team.settle()
    assert team.priority(later) is None


def test_a_message_without_news_costs_no_write(team: Team) -> None:
    follow(team)
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    look(team)
    (first,) = posted(team)
    look(team)

    (message,) = posted(team)
    assert message.date_updated == first.date_updated


@pytest.mark.clickup_sandbox(seed="plain")
def test_a_board_that_was_there_before_goes_live(team: Team) -> None:
    """Without any custom field. What people agreed with is done; other priorities stay for now."""
    follow(team, lists=("Training",))
    look(team)
    by_name = {proposal.name: proposal for proposal in operations.refresh(team.bot)}
    agreed = by_name["Fine-tune the summariser on the spring tickets"]
    silent = by_name["Hyper-parameter sweep for the reranker loss"]
    new = by_name["Loss spikes at step 41k of the vision run"]
    reply(team, f"agree {agreed.number}")
    look(team)

    (switched,) = operations.switch(team.bot, "Training", "on", actor="Maria")
    team.settle()
    assert (switched.agreed, switched.held) == (1, 3)
    assert team.priority(agreed.task_id) == agreed.after
    assert team.priority(silent.task_id) == silent.before
    assert team.priority(new.task_id) == new.after
    (state,) = operations.states(team.bot)
    assert state.is_live and state.open_proposals == 0


def test_a_list_that_there_is_none_of_is_named(team: Team) -> None:
    """In ClickUp's words."""
    with pytest.raises(InputError, match='no Lists, Folders or Spaces are called "Nowhere"'):
        operations.switch(team.bot, "Nowhere", "on", actor="Maria")


def test_where_it_is_live_people_who_change_its_priorities_disagree(team: Team) -> None:
    """Counted apart from the answers to proposals."""
    follow(team)
    first = team.member.create_task(LIST, INFERENCE)
    second = team.member.create_task(LIST, TRAINING)
    team.settle()
    list_id = team.control.task(first)["list"]["id"]
    live.switch(team.bot, list_id, "on", actor="Maria")
    team.settle()
    assert team.priority(first) and team.priority(second)

    team.member.update(second, priority=1)
    team.settle()
    share = measure_live(team.bot.store, 0)[list_id]
    assert (share.agreed, share.answers) == (1, 2)
    assert measure(team.bot.store.table(Answers).since(0)).answers == 0


def test_the_page_has_the_switch_for_who_may(team: Team) -> None:
    """And buttons to answer; a viewer who is embedded has none."""
    follow(team)
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    look(team)
    data = open_data(team.bot, EVERYTHING, team.bot.now_ms())
    sections = all_pages()["proposals"].sections
    now = team.bot.now_ms()

    def buttons(may: frozenset[str]) -> set[str]:
        built = (part.build(data, Query.of_page(now, may=may)) for part in sections.values())
        tables = [block for section in built if section for block in section.blocks]
        cells = [
            cell
            for table in tables
            if isinstance(table, Table)
            for row in table.rows
            for cell in row
        ]
        return {cell.action for cell in cells if isinstance(cell, Button)}

    assert buttons(frozenset()) == set()
    assert buttons(frozenset({"answer"})) == {"answer_proposal"}
    assert buttons(frozenset({"answer", "live"})) == {"answer_proposal", "set_list_mode"}


def test_holds_are_there_before_the_list_is_live(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if the bot ends in that moment: a second try says that the List is live already."""
    follow(team)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    look(team)
    reply(team, f"agree {proposal(team, task).number}")
    look(team)
    write = live.write_change

    def write_and_end(*values: Any, **more: Any) -> None:
        write(*values, **more)
        raise SystemExit

    monkeypatch.setattr(live, "write_change", write_and_end)
    with pytest.raises(SystemExit):
        live.switch(team.bot, team.control.task(task)["list"]["id"], "on", actor="Maria")
    hold = team.bot.store.overrides.get(task, team.bot.now_ms())
    assert hold is not None and hold.set_by == live.AUTHOR


def test_a_number_of_no_proposal_is_answered_once(team: Team) -> None:
    """In the thread, with what can be replied."""
    follow(team)
    team.member.create_task(LIST, INFERENCE)
    look(team)
    reply(team, "agree 99")
    for _ in range(2):
        look(team)
    (message,) = posted(team)
    answers = [m.content for m in team.sandbox.world.messages if m.parent_id == message.id]
    assert sum("There is no proposal 99" in answer for answer in answers) == 1


def test_a_number_of_no_proposal_is_answered_once_after_a_crash(team: Team) -> None:
    """The answer was posted, and that the thread is read was not kept."""
    follow(team)
    team.member.create_task(LIST, INFERENCE)
    look(team)
    reply(team, "agree 99")
    look(team)
    (message,) = posted(team)
    team.bot.store.cursors.set(f"shadow:read:{message.id}", "0")
    look(team)

    answers = [m for m in team.sandbox.world.messages if m.parent_id == message.id]
    assert sum("There is no proposal 99" in answer.content for answer in answers) == 1


@pytest.mark.parametrize("is_first", [False, True], ids=["later", "with the new message"])
def test_a_reply_of_the_day_before_is_not_about_what_is_new(team: Team, is_first: bool) -> None:
    """Its numbers are those of its message."""
    follow(team)
    first = team.member.create_task(LIST, INFERENCE)
    look(team)
    old = posted(team)[0].id
    team.control.clock.advance(24 * HOUR_MS)
    team.member.update(first, priority=2)
    if not is_first:
        look(team)
    second = team.member.create_task(LIST, TRAINING)
    team.settle()
    look(team)
    new = proposal(team, second)
    assert len(posted(team)) == 2
    with person(team, "Maria") as client:
        client.chat.reply(team.sandbox.team_id, old, f"disagree {new.number} urgent")
        client.chat.reply(team.sandbox.team_id, old, "agree all")
    look(team)
    answers = team.bot.store.table(Answers).since(0)
    assert second not in {answer.task_id for answer in answers}


def test_a_list_in_which_the_bot_writes_is_live_and_not_picked(team: Team) -> None:
    """Picking it would stop the bot there: that is the switch's."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    list_id = team.control.task(task)["list"]["id"]
    with pytest.raises(InputError, match="writes in List"):
        live.follow(team.bot, list_id, actor="Maria")

    now = team.bot.now_ms()
    data = open_data(team.bot, EVERYTHING, now)
    section = places.SECTION.build(data, Query.of_page(now, may=frozenset({"live"})))
    assert section is not None
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    (row,) = (row for row in table.rows if LIST in str(row[0]))
    buttons = {cell.label for cell in row if isinstance(cell, Button)}
    assert "live" in str(row[1]) and buttons == {"Shadow mode"}


def test_a_picked_list_that_was_deleted_hides_no_other(team: Team) -> None:
    """Nobody can leave it out any more: ClickUp shows it no longer."""
    follow(team)
    task = team.member.create_task(LIST, INFERENCE)
    with person(team, "Maria") as client:
        space = client.spaces.all(team.sandbox.team_id)[0]
        picked = client.lists.create("Short-lived", space_id=space.id)
        live.follow(team.bot, picked.id, actor="Maria")
        client.lists.delete(picked.id)
    look(team)

    assert str(proposal(team, task).number) in posted(team)[0].content
    assert not team.bot.store.inbox.list("parked", 9)


def test_the_message_names_the_lists_that_are_live(team: Team) -> None:
    """Whoever misses their tasks there knows why."""
    package = follow(team)
    team.member.create_task(LIST, INFERENCE)
    look(team)
    assert package.live_names() == ()
    (list_id,) = package.lists()
    live.switch(team.bot, list_id, "on", actor="ann")
    look(team)
    assert f"Live, so not part of it: {LIST}." in posted(team)[0].content
