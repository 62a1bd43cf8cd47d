"""Undo removes what a run made, and nothing that people have touched."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.content import Parent
from clickup_mlops.errors import InputError, RetryableApiError
from clickup_mlops.features.migration.places import Places
from clickup_mlops.features.migration.tables.migration_steps import UNDONE
from clickup_mlops.features.migration.undo.undo import Undoing, Undone
from clickup_mlops.features.provisioning.apply.created_objects import Own, no_own
from clickup_mlops.sandbox.clickup.actor import Actor
from clickup_mlops.sandbox.clickup.state.talk import comments
from clickup_mlops.sandbox.clickup.state.time.entries import TimeEntry
from tests.features.migration.bench import Bench, item
from tests.features.migration.delta.test_delta import carry, change
from tests.features.migration.run.test_run import only
from tests.features.provisioning.killing import Killed, mortal


def undoing(bench: Bench, client: ClickUp | None = None, own: Any = no_own) -> Undoing:
    client = client or bench.client
    places = Places(client, bench.sandbox.team_id)
    team, id_field = bench.sandbox.team_id, bench.mapping.id_field
    return Undoing(client, team, bench.journal, places, id_field, own)


def undo(bench: Bench, client: ClickUp | None = None, **options: Any) -> Undone:
    work = undoing(bench, client)
    return work.undo(work.plan(**options))


def test_undo_leaves_nothing(bench: Bench) -> None:
    """No task, comment, file or time entry; a new run makes all of it again."""
    bench.complete()
    total = bench.state()

    undone = undo(bench)

    assert (undone.removed, undone.entries, undone.kept) == (5, 1, ())
    assert not bench.control.tasks
    assert not list(bench.world.table(TimeEntry))
    assert {state for _kind, state in bench.journal.counts()} == {UNDONE}
    with pytest.raises(InputError, match="undone already"):
        undo(bench)
    bench.complete()
    assert bench.state() == total


def test_a_plan_writes_nothing(bench: Bench) -> None:
    """It counts the calls."""
    bench.complete()
    bench.control.reset_counts()

    plan = undoing(bench).plan()

    assert bench.writes() == 0
    assert (len(plan.removals), plan.entries, plan.calls) == (5, 1, 6)


def _maria(bench: Bench) -> Actor:
    return bench.control.as_user("Maria")


def _named(bench: Bench, name: str) -> str:
    return bench.control.find(name).id


CHANGES: dict[str, Callable[[Bench], object]] = {
    "name": lambda b: _maria(b).update(_named(b, "Item 4"), name="Mine"),
    "status": lambda b: _maria(b).set_status(_named(b, "Item 4"), "complete"),
    "priority": lambda b: _maria(b).set_priority(_named(b, "Item 4"), 1),
    "tags": lambda b: _maria(b).tag(_named(b, "Item 4"), "mine"),
    "comment": lambda b: _maria(b).comment(_named(b, "Item 4"), "Please keep it."),
    'field "Model"': lambda b: _maria(b).set_field(_named(b, "Item 4"), "Model", "mine"),
}


@pytest.mark.parametrize("sign", CHANGES)
def test_what_people_changed_stays(bench: Bench, sign: str) -> None:
    """It is listed with what was changed; everything else goes. With `force`, it goes too."""
    bench.complete()
    bench.control.clock.advance(60_000)
    CHANGES[sign](bench)

    undone = undo(bench)

    (stored,) = undone.kept
    assert stored.item_id == "4"
    assert stored.reason == f"people changed it since: {sign}"
    assert len(bench.control.tasks) == 1
    assert undo(bench, force=True).removed == 1
    assert not bench.control.tasks


def test_a_subtask_that_stays_keeps_all_that_it_is_under(bench: Bench) -> None:
    """A deleted parent would take it along."""
    bench.complete()
    _maria(bench).update(_named(bench, "Item 3"), name="Mine")

    undone = undo(bench)

    reasons = {keeper.item_id: keeper.reason for keeper in undone.kept}
    assert reasons == {
        "3": "people changed it since: name",
        "2": 'its subtask "Mine" stays',
        "1": 'its subtask "Item 2" stays',
    }


def test_a_subtask_that_people_added_stays(bench: Bench) -> None:
    """With the task that it is in."""
    bench.complete()
    bench.control.add_tasks("Tasks", [{"name": "Added", "parent": _named(bench, "Item 5")}])

    undone = undo(bench)

    (stored,) = undone.kept
    assert stored.reason == 'its subtask "Added" stays: somebody added it'
    assert sorted(task.name for task in bench.control.tasks) == ["Added", "Item 5"]


def test_links_and_files_of_people_are_signs_too(bench: Bench) -> None:
    """A dependency on a task that was not moved, a link to one, a checklist, a file, time."""
    bench.complete()
    bench.control.clock.advance(60_000)
    (task,) = bench.control.add_tasks("Tasks", [{"name": "Other"}])
    client = bench.client
    client.relations.wait_for(_named(bench, "Item 1"), task)
    client.relations.link(_named(bench, "Item 2"), task)
    client.checklists.create(_named(bench, "Item 3"), "To do")
    client.attachments.add(_named(bench, "Item 4"), "mine.txt", b"1")
    client.time_entries.add(
        bench.sandbox.team_id, _named(bench, "Item 5"), start_ms=1, duration_ms=2
    )

    undone = undo(bench)

    reasons = {
        keeper.item_id: keeper.reason.removeprefix("people changed it since: ")
        for keeper in undone.kept
    }
    assert reasons == {
        "1": "dependency",
        "2": "link",
        "3": "checklist",
        "4": "file",
        "5": "tracked time",
    }


def test_what_automations_changed_is_removed(bench: Bench) -> None:
    """Migrated tasks pass through routing: its priority, tags and comments are no person's."""
    only(bench, item("1"))
    bench.complete()
    bench.control.clock.advance(60_000)
    task = _named(bench, "Item 1")
    bench.client.tasks.update(task, priority=1)
    bench.client.comments.add(task, "Inference, urgent.")
    bench.client.tags.add(task, "triage")
    local = Own(bench.now_ms(), (1,), frozenset({"triage"}))

    assert undoing(bench).plan().removals == ()
    without_tag = replace(local, tags=frozenset())
    assert undoing(bench, own=lambda _task: without_tag).plan().removals == ()
    work = undoing(bench, own=lambda _task: local)
    assert work.undo(work.plan()).removed == 1


def _reply(bench: Bench) -> None:
    """Maria answers in a thread that was moved."""
    with bench.world.change():
        moved = comments.get(bench.world, bench.journal.target("comment:u2") or "")
        body = {"comment_text": "I see."}
        comments.create(
            bench.world, bench.control.member("Maria"), ("reply", moved.id), body, reply_to=moved
        )
        bench.control.find("Item 1").date_updated = bench.now_ms()


PEOPLE: dict[str, Callable[[Bench], object]] = {
    "comment": lambda b: _maria(b).comment(_named(b, "Item 1"), "Please keep it."),
    "reply": _reply,
    "file": lambda b: ClickUp(b.sandbox.token_of("Maria"), base_url=b.sandbox.url).attachments.add(
        _named(b, "Item 1"), "mine.txt", b"1"
    ),
}
LATER: dict[str, Callable[[Bench, str], object]] = {
    "a delta": lambda b, _task: (change(b, "1", name="Item one"), carry(b)),
    "an automation": lambda b, task: b.client.tasks.update(task, priority=1),
}


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("sign", PEOPLE)
def test_a_later_write_of_ours_hides_nothing_that_people_did(
    bench: Bench, sign: str, later: str
) -> None:
    """The task was changed last by us, and holds a person's comment, reply or file all the same."""
    bench.complete()
    task = _named(bench, "Item 1")
    bench.control.clock.advance(60_000)
    PEOPLE[sign](bench)
    bench.control.clock.advance(60_000)
    LATER[later](bench, task)
    bench.control.clock.advance(60_000)

    work = undoing(bench, own=lambda _task: Own(bench.now_ms(), (1,)))
    reasons = {keeper.task_id: keeper.reason for keeper in work.undo(work.plan()).kept}

    expected = "comment" if sign == "reply" else sign
    assert reasons[task] == f"people changed it since: {expected}"
    assert task in {task.id for task in bench.control.tasks}


def test_a_limit_removes_the_newest_only(bench: Bench) -> None:
    """The others follow."""
    bench.complete()
    assert undo(bench, limit=2).removed == 2
    assert sorted(task.name for task in bench.control.tasks) == ["Item 1", "Item 2", "Item 3"]
    assert undo(bench).removed == 3


def test_tasks_that_are_gone_need_no_call(bench: Bench) -> None:
    """A person deleted them."""
    bench.complete()
    bench.client.tasks.delete(_named(bench, "Item 1"))

    undone = undo(bench)

    assert undone.removed == 5
    assert not bench.control.tasks


def test_an_interrupted_creation_is_undone_too(bench: Bench) -> None:
    """The task that nobody knows of is found."""
    only(bench, item("1"), item("2"))
    for after in (True, False):
        with pytest.raises(Killed):
            bench.run(mortal(bench.sandbox, 1, after=after, writes=True))

    assert undo(bench).removed == 1
    assert not bench.control.tasks


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
def test_an_undo_that_is_killed_continues(bench: Bench, after: bool) -> None:
    """At each of its calls."""
    bench.complete()
    for _ in range(6):
        with pytest.raises(Killed):
            undo(bench, mortal(bench.sandbox, 1, after=after, writes=True))
        if not after:
            break
    if bench.control.tasks or not after:
        undo(bench)
    assert not bench.control.tasks
    assert not list(bench.world.table(TimeEntry))


def test_places_that_the_run_created_are_removed_if_they_are_empty(bench: Bench) -> None:
    """A Folder with its List; not one in which people work."""
    place = bench.mapping.boards["b"].place.model_copy(update={"folder": "New", "list": "Board"})
    table = bench.mapping.boards["b"].model_copy(update={"place": place})
    bench.mapping = bench.mapping.model_copy(update={"boards": {"b": table}, "id_field": ""})
    only(bench, item("1"))
    bench.complete(create_places=True)
    (extra,) = bench.control.add_tasks("Board", [{"name": "Mine"}])

    undone = undo(bench)

    assert undone.places_kept == {"Team / New / Board": "tasks", "Team / New": "Lists"}
    bench.client.tasks.delete(extra)
    assert undo(bench).places == ["Team / New / Board", "Team / New"]
    assert "New" not in [folder.name for folder in bench.world.folders]


@pytest.mark.parametrize(
    ("path", "sign"),
    [
        ("Team / New / Board", 'view "Mine"'),
        ("Team / New / Board", 'Doc "Mine"'),
        ("Team / New / Board", "comments"),
        ("Team / New", 'Doc "Mine"'),
        ("Team / New", "Lists"),
        ("Team / New", "Folders"),
    ],
)
def test_a_place_in_which_people_made_something_else_stays(
    bench: Bench, path: str, sign: str
) -> None:
    """Views, Docs, comments on a List, archived Lists and Folders: a place without tasks may be in
    use.
    """
    place = bench.mapping.boards["b"].place.model_copy(update={"folder": "New", "list": "Board"})
    table = bench.mapping.boards["b"].model_copy(update={"place": place})
    bench.mapping = bench.mapping.model_copy(update={"boards": {"b": table}, "id_field": ""})
    only(bench, item("1"))
    bench.complete(create_places=True)
    _make(bench, path, sign)

    undone = undo(bench)

    assert undone.places_kept[path] == sign
    assert "New" in [folder.name for folder in bench.world.folders]


def _make(bench: Bench, path: str, sign: str) -> None:
    """A person makes what the sign names."""
    folder, board = bench.control.folder_id("New"), bench.control.list_id("Board")
    parent = (Parent.LIST, board) if path.endswith("Board") else (Parent.FOLDER, folder)
    token = bench.sandbox.token_of(bench.control.members[-1].id)
    with ClickUp(token, base_url=bench.sandbox.url) as person:
        if "view" in sign:
            person.views.create("list", board, "Mine")
        elif "Doc" in sign:
            person.docs.create(bench.sandbox.team_id, "Mine", parent=parent)
        elif sign == "comments":
            person.comments.add_to_list(board, "Mine", assignee=person.authorization.user().id)
        elif sign == "Folders":
            person.folders.create(bench.control.space_id("Team"), "Mine", parent_id=folder)
        else:
            old = person.lists.create("Old", folder_id=folder)
            person.api.put("/api/v2/list/{list_id}", {"archived": True}, list_id=old.id)


def test_archived_tasks_are_removed_too(bench: Bench) -> None:
    """Their state is ours; a person's archiving is a change."""
    only(bench, replace(item("1"), archived=True), item("2"))
    bench.complete()
    bench.client.tasks.update(_named(bench, "Item 2"), archived=True)

    undone = undo(bench)

    assert [(keeper.item_id, keeper.reason) for keeper in undone.kept] == [
        ("2", "people changed it since: archived")
    ]
    assert undone.removed == 1


def test_a_list_that_is_gone_is_no_obstacle(bench: Bench) -> None:
    """Its tasks went with it."""
    bench.complete()
    bench.client.lists.delete(bench.control.list_id("Tasks"))

    assert undo(bench).removed == 5


def test_a_task_in_another_list_stays(bench: Bench) -> None:
    """A person has moved it."""
    only(bench, item("1"))
    bench.complete()
    _maria(bench).move(_named(bench, "Item 1"), "Inbox")

    (stored,) = undo(bench).kept

    assert "list" in stored.reason


def test_relationships_with_other_tasks_are_signs(bench: Bench) -> None:
    """Those among what was moved are not."""
    bench.complete()
    (task,) = bench.control.add_tasks("Tasks", [{"name": "Other"}])
    _maria(bench).set_field(_named(bench, "Item 4"), "Related", {"add": [task]})

    (stored,) = undo(bench).kept

    assert stored.reason == 'people changed it since: field "Related"'


def test_replies_of_people_are_comments(bench: Bench) -> None:
    """In the thread of a comment that was moved."""
    bench.complete()
    bench.control.clock.advance(60_000)
    ours = bench.journal.target("comment:u2")
    with bench.world.change():
        author = bench.control.member("Maria")
        result = comments.get(bench.world, ours or "")
        body = {"comment_text": "I see."}
        comments.create(bench.world, author, ("reply", result.id), body, reply_to=result)
        task = bench.control.find("Item 1")
        task.date_updated = bench.now_ms()

    assert [keeper.item_id for keeper in undo(bench).kept] == ["1"]


def test_a_task_that_clickup_does_not_delete_stays(bench: Bench) -> None:
    """With all that it is under; the others go, and it can be repeated."""
    bench.complete()
    task = _named(bench, "Item 3")
    bench.control.faults.add(
        "status", method="DELETE", path=f"*/task/{task}", status_code=403, times=None
    )

    undone = undo(bench)

    reasons = {keeper.item_id: keeper.reason for keeper in undone.kept}
    assert reasons.keys() == {"1", "2", "3"}
    assert "does not delete it" in reasons["3"]
    assert reasons["2"] == 'its subtask "Item 3" stays'
    bench.control.faults.clear()
    assert undo(bench).removed == 3


def test_an_undo_ends_when_clickup_is_down(bench: Bench) -> None:
    """It is repeated later."""
    bench.complete()
    bench.control.faults.add("status", method="DELETE", path="*/task/*", times=None)
    with pytest.raises(RetryableApiError):
        undo(bench)
    bench.control.faults.clear()
    assert undo(bench).removed == 5
