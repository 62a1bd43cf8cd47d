"""What the bot wrote stays visible to it, whatever was asked for before and arrives afterwards."""

from clickup_mlops.automations.model import Change
from clickup_mlops.bot.write.mirrored_client import show
from clickup_mlops.clickup.model import Task
from tests.flows.conftest import INFERENCE, LIST, Team

TAG = Change("tag:marked", False, True, "+ tag marked", {"tag": "marked"})


def test_a_page_that_was_asked_for_before_a_write_does_not_hide_it(team: Team) -> None:
    """A back-fill or an undo reads the task, then the bot adds a tag, then the page is stored."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.job("backfill")
    store, context = team.bot.store, team.bot.handling.execution.executor_context
    row = store.mirror.get(task)
    assert row is not None

    team.control.clock.advance(1_000)
    asked_ms = team.bot.now_ms()
    team.control.clock.advance(1_000)
    context.clickup.tags.add(task, "marked")
    show([(task, TAG)], store, context)
    store.flush()
    store.mirror.put_many(team.bot.workspace_id, [row.raw], asked_ms)

    mirrored = store.mirror.get(task)
    assert mirrored is not None
    assert "marked" in Task.parse(mirrored.raw).tags
