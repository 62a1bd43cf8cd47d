"""Who wrote a task is known by what is kept for good, and while the task is being created."""

from typing import Any

import orjson
import pytest

from clickup_mlops.bot.handle.context.authorship import Authorship
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.migration.tables.migration_steps import (
    BEGUN,
    JournaledStep,
    MigrationSteps,
)
from clickup_mlops.features.provisioning.tables.provisions import Provisions, Remembered, StepRow
from clickup_mlops.store import Store, Write
from clickup_mlops.store.tables.notes import ORIGIN

ME = 7
NAME = "Chat API is down"


def task(name: str = NAME, creator: int = ME, **more: Any) -> Task:
    return Task({"id": "t1", "name": name, "creator": {"id": creator}, "date_created": "5"} | more)


def automation_creates(store: Store) -> None:
    after = {"name": NAME, "list_id": "1"}
    store.journal.begin(Write("t0", "task:follow_up", None, after, "w:1", "follow_up"), 1)


def provisioning_creates(store: Store) -> None:
    path = orjson.dumps([["space", "ML"], ["list", "Drills"], ["task", NAME]]).decode()
    store.table(Provisions).begin_step(StepRow(1, path, "create", None, {}), 1)


def migration_creates(store: Store) -> None:
    receipt = orjson.dumps({"item": "9", "name": NAME})
    store.table(MigrationSteps).put("m", [JournaledStep("task:9", "task", BEGUN, written=receipt)])


@pytest.mark.parametrize(
    ("begin", "because"),
    [
        (automation_creates, "the bot created it"),
        (provisioning_creates, "provisioning created it"),
        (migration_creates, MigrationSteps.CREATED),
    ],
)
def test_the_event_may_come_before_the_answer_to_the_creation(
    store: Store, begin: Any, because: str
) -> None:
    """Known by the name and the creator: what a person creates at the same time is theirs."""
    authors = Authorship(store, me=lambda: ME)
    assert authors.of(task()).foreign_source == ""
    begin(store)
    assert authors.of(task()).foreign_source == because
    assert authors.of(task(name="Chat API is slow")).foreign_source == ""
    assert authors.of(task(creator=8)).foreign_source == ""


def test_a_line_that_is_alike_by_chance_counts(store: Store) -> None:
    """A short one, one of a younger task, or one of the same task."""
    line = "Production replicas crash and users get errors"
    for task_id, created, text in (
        ("t2", "1", "Users get errors"),
        ("t3", "9", line),
        ("t1", "5", line),
    ):
        raw = task(text_content=text).raw | {"id": task_id, "date_created": created}
        store.mirror.put_many("w", [raw], 1)
    words = Authorship(store).of(task(text_content=f"Users get errors\n{line}"))
    assert (words.title, words.text, words.foreign_source) == (
        NAME,
        f"Users get errors\n{line}",
        "",
    )


def test_only_a_bot_that_may_write_notes_what_is_copied(store: Store) -> None:
    line = 'Production replicas crash and users get "errors" – now'
    older = task(name="Steps", text_content=line).raw | {"id": "t2", "date_created": "1"}
    store.mirror.put_many("w", [older], 1)
    copy = task(text_content=f"{line}\nSince 14:05.")
    for clock, notes in ((None, 0), (lambda: 1, 1)):
        words = Authorship(store, clock=clock).of(copy)
        store.flush()
        assert (words.title, words.text) == (NAME, "Since 14:05.")
        assert len(store.notes.all(ORIGIN)) == notes
    store.mirror.remove("t2")
    assert Authorship(store).of(copy).text == "Since 14:05."


def test_an_adopted_starter_task_is_provisioned(store: Store) -> None:
    """Its path means it, though no step created it."""
    path = orjson.dumps([["space", "ML"], ["list", "Drills"], ["task", NAME]]).decode()
    store.table(Provisions).remember([Remembered("w", path, "t1", "drills", {}, 1)])
    assert Authorship(store).of(task(creator=8)).foreign_source == "provisioning created it"


def test_what_came_with_a_list_from_a_template_of_clickup_is_provisioned(store: Store) -> None:
    """ClickUp fills the List a little later, in the bot's name; later tasks are people's."""
    minute, authors = 60_000, Authorship(store, me=lambda: ME)
    step = store.table(Provisions).begin_step(StepRow(1, "[]", "create", None, {}), minute)
    store.table(Provisions).made(step, "l1")
    raw: dict[str, Any] = {"list": {"id": "l1"}, "date_created": str(2 * minute)}
    assert authors.of(task(**raw)).foreign_source == "provisioning created it"
    assert authors.of(task(creator=8, **raw)).foreign_source == ""
    assert authors.of(task(**raw | {"list": {"id": "l2"}})).foreign_source == ""
    assert authors.of(task(**raw | {"date_created": str(60 * minute)})).foreign_source == ""
