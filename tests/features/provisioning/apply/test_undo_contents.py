"""An undo keeps whatever a person made: each kind of object in each kind of container.

A second member of the workspace makes the objects at once after the apply, without any pause: what
is theirs is not a question of time.
"""

from collections.abc import Callable
from itertools import count
from typing import Final

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.content import Parent
from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.apply import contents, recover
from tests.features.provisioning.apply.test_undo import WANT, names, undone
from tests.features.provisioning.killing import Killed, mortal
from tests.features.provisioning.workbench import Workbench

DAY_MS: Final = 86_400_000

Act = Callable[[Workbench, ClickUp], object]
"""What a person does, with a client of their own."""


def list_id(bench: Workbench, name: str = "Releases") -> str:
    return bench.control.list_id(name)


def folder_id(bench: Workbench) -> str:
    return bench.control.folder_id("ranker")


def space_id(bench: Workbench) -> str:
    return bench.control.space_id("ML")


def task_id(bench: Workbench, name: str = "Prepare") -> str:
    return bench.control.find(name).id


def team(bench: Workbench) -> str:
    return bench.sandbox.team_id


def doc_id(bench: Workbench) -> str:
    return next(doc.id for doc in bench.world.docs if doc.name == "Handbook")


def page_id(bench: Workbench) -> str:
    return next(page.id for page in bench.world.pages if page.name == "Runbook")


def channel_id(bench: Workbench) -> str:
    return next(channel.id for channel in bench.world.channels if channel.name == "ml intake")


def put_away(bench: Workbench, table: str, name: str) -> None:
    rows = getattr(bench.world, table)
    with bench.world.change():
        row = next(row for row in rows if row.name == name)
        row.archived = True
        rows.put(row)


def archived_folder(bench: Workbench, person: ClickUp) -> None:
    person.folders.create(space_id(bench), "Mine")
    put_away(bench, "folders", "Mine")


def archived_doc(bench: Workbench, person: ClickUp) -> None:
    person.docs.create(team(bench), "Mine", parent=(Parent.LIST, list_id(bench)))
    put_away(bench, "docs", "Mine")


def archived_task(bench: Workbench, person: ClickUp) -> None:
    mine = person.tasks.create(list_id(bench), "Mine")
    person.tasks.update(mine.id, archived=True)


def closed_task(bench: Workbench, person: ClickUp) -> None:
    mine = person.tasks.create(list_id(bench), "Mine")
    person.tasks.update(mine.id, status="complete")


def task_of_another_list(bench: Workbench, person: ClickUp) -> None:
    mine = person.tasks.create(list_id(bench, "Tasks"), "Mine")
    person.tasks.add_to_list(mine.id, list_id(bench))


def counted_by_goal(bench: Workbench, person: ClickUp, **counted: list[str]) -> None:
    owner = person.authorization.user().id
    goal = person.goals.create(team(bench), "Mine", due_ms=bench.now_ms() + DAY_MS, owners=[owner])
    person.goals.add_key_result(goal.id, "All", "automatic", owners=[owner], **counted)


def tracked(bench: Workbench, person: ClickUp) -> None:
    person.time_entries.add(
        team(bench), task_id(bench), start_ms=bench.now_ms() - 60_000, duration_ms=60_000
    )


def hook(bench: Workbench, person: ClickUp, **place: str) -> None:
    person.webhooks.create(team(bench), "https://theirs.example.org/hooks", "*", **place)


CASES: Final[dict[str, tuple[str, str, Act]]] = {
    "view in a List": (
        "Releases",
        'view "Mine"',
        lambda b, p: p.views.create("list", list_id(b), "Mine", "board"),
    ),
    "view in a Folder": (
        "ranker",
        'view "Mine"',
        lambda b, p: p.views.create("folder", folder_id(b), "Mine", "board"),
    ),
    "view in a Space": (
        "ML",
        'view "Mine"',
        lambda b, p: p.views.create("space", space_id(b), "Mine", "board"),
    ),
    "view with a wanted name": (
        "Releases",
        'view "SLO"',
        lambda b, p: p.views.create("list", list_id(b), "SLO", "board"),
    ),
    "form": (
        "Intake",
        'view "Mine"',
        lambda b, p: p.views.create("list", list_id(b, "Intake"), "Mine", "form"),
    ),
    "chat view": (
        "Releases",
        'view "Mine"',
        lambda b, p: p.views.create("list", list_id(b), "Mine", "conversation"),
    ),
    "Doc in a List": (
        "Releases",
        'Doc "Mine"',
        lambda b, p: p.docs.create(team(b), "Mine", parent=(Parent.LIST, list_id(b))),
    ),
    "Doc in a Folder": (
        "ranker",
        'Doc "Mine"',
        lambda b, p: p.docs.create(team(b), "Mine", parent=(Parent.FOLDER, folder_id(b))),
    ),
    "Doc in a Space": (
        "ML",
        'Doc "Mine"',
        lambda b, p: p.docs.create(team(b), "Mine", parent=(Parent.SPACE, space_id(b))),
    ),
    "archived Doc": ("Releases", 'archived Doc "Mine"', archived_doc),
    "page in a Doc": (
        "Handbook",
        'page "Mine"',
        lambda b, p: p.docs.add_page(team(b), doc_id(b), "Mine", ""),
    ),
    "page below a page": (
        "Handbook",
        'page "Mine"',
        lambda b, p: p.docs.add_page(team(b), doc_id(b), "Mine", "", parent_page_id=page_id(b)),
    ),
    "List in a Folder": (
        "ranker",
        'List "Mine"',
        lambda b, p: p.lists.create("Mine", folder_id=folder_id(b)),
    ),
    "List in a Space": (
        "ML",
        'List "Mine"',
        lambda b, p: p.lists.create("Mine", space_id=space_id(b)),
    ),
    "Folder in a Space": (
        "ML",
        'Folder "Mine"',
        lambda b, p: p.folders.create(space_id(b), "Mine"),
    ),
    "archived Folder": ("ML", 'archived Folder "Mine"', archived_folder),
    "Folder in a Folder": (
        "ranker",
        'Folder "Mine"',
        lambda b, p: p.folders.create(space_id(b), "Mine", parent_id=folder_id(b)),
    ),
    "tag of a Space": (
        "ML",
        'tag "mine"',
        lambda b, p: p.tags.create(space_id(b), "mine", foreground="#000000", background="#ffffff"),
    ),
    "task": ("Releases", "1 task", lambda b, p: p.tasks.create(list_id(b), "Mine")),
    "closed task": ("Releases", "1 task", closed_task),
    "archived task": ("Releases", "1 task", archived_task),
    "task of another List": ("Releases", "1 task", task_of_another_list),
    "subtask": (
        "Prepare",
        "subtasks",
        lambda b, p: p.tasks.create(list_id(b), "Mine", parent_id=task_id(b)),
    ),
    "comment on a task": ("Prepare", "comments", lambda b, p: p.comments.add(task_id(b), "Mine")),
    "comment on a List": (
        "Releases",
        "comments",
        lambda b, p: p.comments.add_to_list(list_id(b), "Mine", assignee=p.authorization.user().id),
    ),
    "message": ("ml intake", "messages", lambda b, p: p.chat.send(team(b), channel_id(b), "Mine")),
    "topic of a channel": (
        "ml intake",
        "topic",
        lambda b, p: p.chat.update_channel(team(b), channel_id(b), topic="Mine"),
    ),
    "channel of a List": (
        "Releases",
        'channel "Releases"',
        lambda b, p: p.chat.location_channel(team(b), "list", list_id(b)),
    ),
    "channel of a Folder": (
        "ranker",
        'channel "ranker"',
        lambda b, p: p.chat.location_channel(team(b), "folder", folder_id(b)),
    ),
    "channel of a Space": (
        "ML",
        'channel "ML"',
        lambda b, p: p.chat.location_channel(team(b), "space", space_id(b)),
    ),
    "file": ("Prepare", "files", lambda b, p: p.attachments.add(task_id(b), "mine.txt", b"Mine")),
    "tracked time": ("Prepare", "tracked time", tracked),
    "time estimate": (
        "Prepare",
        "a time estimate",
        lambda b, p: p.tasks.update(task_id(b), time_estimate_ms=3_600_000),
    ),
    "goal over a List": (
        "Releases",
        'goal "Mine"',
        lambda b, p: counted_by_goal(b, p, list_ids=[list_id(b)]),
    ),
    "goal over a task": (
        "Prepare",
        'goal "Mine"',
        lambda b, p: counted_by_goal(b, p, task_ids=[task_id(b)]),
    ),
    "task type": ("Prepare", "another type", lambda b, p: p.tasks.update(task_id(b), type_id=1)),
    "points": ("Prepare", "points", lambda b, p: p.tasks.update(task_id(b), points=3)),
    "linked task": (
        "Prepare",
        "links",
        lambda b, p: p.relations.link(task_id(b), p.tasks.create(list_id(b, "Tasks"), "Mine").id),
    ),
    "dependency": (
        "Prepare",
        "other dependencies",
        lambda b, p: p.relations.wait_for(
            task_id(b), p.tasks.create(list_id(b, "Tasks"), "Mine").id
        ),
    ),
    "due date of a List": (
        "Releases",
        "due date",
        lambda b, p: p.api.put(
            "/api/v2/list/{list_id}",
            {"name": "Releases", "due_date": b.now_ms()},
            list_id=list_id(b),
        ),
    ),
    "webhook of a List": (
        "Releases",
        'webhook "https://theirs.example.org/hooks"',
        lambda b, p: hook(b, b.client, list_id=list_id(b)),
    ),
    "status of a List": (
        "Releases",
        'status "mine"',
        lambda b, p: b.control.ui_actions.set_statuses(
            "Releases",
            [
                {"status": "to do", "type": "open"},
                {"status": "mine", "type": "custom"},
                {"status": "complete", "type": "closed"},
            ],
        ),
    ),
}


def member(bench: Workbench) -> ClickUp:
    """A client of somebody who is not the bot's user."""
    token = bench.sandbox.token_of(bench.control.members[-1].id)
    return ClickUp(token, base_url=bench.sandbox.url)


@pytest.mark.parametrize("case", CASES)
def test_what_a_person_made_keeps_its_container(bench: Workbench, case: str) -> None:
    """The container and the places around it stay, with the object's name as the reason."""
    name, sign, act = CASES[case]
    bench.apply(WANT, experimental=True)
    with member(bench) as person:
        act(bench, person)

    result = undone(bench)

    assert sign in names(result.kept).get(name, f"{name} is not kept: {result.kept}")
    assert name not in {path[-1][1] for path in result.removed}
    if name != "ml intake":
        assert "ML" in {space.name for space in bench.client.spaces.all(team(bench))}


def test_a_view_that_is_older_than_a_later_run_stays(bench: Workbench) -> None:
    """The second run writes to the List after the person made the view with the bot's own token."""
    bench.apply(WANT, experimental=True)
    bench.wait(60)
    bench.client.views.create("list", list_id(bench), "Mine", "board")
    bench.client.lists.update(list_id(bench), markdown="Mine.")
    bench.wait(60)
    bench.apply(WANT, experimental=True)

    undone(bench)
    result = undone(bench)

    assert 'view "Mine"' in names(result.kept)["Releases"]


def test_what_a_later_run_adopted_is_still_a_persons(bench: Workbench) -> None:
    """A run that finds a person's List under a wanted name has not made it."""
    first = {path: node for path, node in WANT.items() if "Releases" not in dict(path).values()}
    bench.apply(first, experimental=True)
    bench.client.lists.create("Releases", folder_id=folder_id(bench))
    bench.apply(WANT, experimental=True)

    undone(bench)
    result = undone(bench)

    assert names(result.kept)["ranker"] == 'people changed it since: List "Releases"'


def test_what_the_token_may_not_read_is_named(bench: Workbench) -> None:
    """Beside what no call shows; the rest is undone."""
    bench.apply(WANT, experimental=True)
    bench.control.faults.add("status", path="*/goal", status_code=403, times=None)

    result = undone(bench)

    assert result.unseen == (*contents.UNSEEN, "goals")
    assert result.kept == []


def test_an_object_whose_creation_was_cut_off_is_undone(bench: Workbench) -> None:
    """Killed after the List was created and before its id was on disk."""
    writes = count(1)
    while "Releases" not in {task_list.name for task_list in bench.world.lists}:
        with pytest.raises(Killed):
            dying = mortal(bench.sandbox, next(writes), writes=True)
            bench.apply(WANT, dying, experimental=True)
    recover.recover(bench.session(), bench.journal)

    with pytest.raises(InputError, match="nothing to undo"):
        while True:
            assert undone(bench).kept == []

    assert "ML" not in {space.name for space in bench.world.spaces}
