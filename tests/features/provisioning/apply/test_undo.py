"""Taking back an apply: what can be, and what must not be."""

from collections.abc import Callable, Iterator
from itertools import zip_longest

import pytest

from clickup_mlops.clickup.content import Parent
from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.apply import undo
from clickup_mlops.features.provisioning.apply.created_objects import Own
from clickup_mlops.features.provisioning.apply.inspect import Automated
from clickup_mlops.features.provisioning.apply.undo import Undone, UndoPlan
from clickup_mlops.features.provisioning.live import snapshot
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.tree import Path
from tests.features.provisioning.killing import Killed, mortal
from tests.features.provisioning.workbench import Workbench, open_work, state, template

WANT = template("everything")
RELEASE: Path = (
    ("space", "ML"),
    ("folder", "ranker"),
    ("list", "Releases"),
    ("task", "Release"),
)


def planned(bench: Workbench, run_id: int | None = None, *also: str) -> UndoPlan:
    """What undoing would do."""
    run = undo.newest(bench.journal, run_id)
    want = {step.path: step.want for step in Plan.from_dict(run.plan).steps}
    remembered = bench.journal.remembered()
    have = snapshot.look(bench.client, bench.sandbox.team_id, want, remembered).tree
    return undo.plan(run, bench.session(), bench.journal, have, also=also)


def undone(bench: Workbench, *also: str) -> Undone:
    return undo.undo(planned(bench, None, *also), bench.session(), bench.journal)


def names(paths: list[tuple[Path, str]]) -> dict[str, str]:
    return {path[-1][1]: why for path, why in paths}


def test_an_apply_on_an_empty_workspace_leaves_nothing(bench: Workbench) -> None:
    """As it was before, and the next plan is the first one again."""
    before, first = state(bench), open_work(bench.plan(WANT, experimental=True))
    bench.apply(WANT, experimental=True)

    result = undone(bench)

    after = state(bench)
    assert after["spaces"] == before["spaces"]
    assert (after["channels"], after["webhooks"]) == ([], [])
    assert result.kept == []
    assert open_work(bench.plan(WANT, experimental=True)) == first


def test_a_value_that_followed_is_taken_back(bench: Workbench) -> None:
    """The task stays: another run made it."""
    bench.apply(WANT)
    bench.control.ui_actions.create_field("ML", "Cluster", "drop_down", ["eu", "us"])
    bench.apply(WANT)
    task = bench.control.find("Release")
    assert bench.client.tasks.get(task.id).field("Cluster") == "eu"

    result = undone(bench)

    assert RELEASE in result.restored
    assert bench.client.tasks.get(task.id).field("Cluster") is None


def test_few_calls_are_enough(bench: Workbench) -> None:
    """What vanishes with its space is not deleted one by one."""
    bench.apply(WANT, experimental=True)
    writes = bench.writes()

    undone(bench)

    assert bench.writes() - writes == 3  # the space, the channel, the webhook


def test_what_people_worked_in_stays(bench: Workbench) -> None:
    """A comment on a starter task keeps the task, its list, its folder and its space."""
    bench.apply(WANT, experimental=True)
    task = bench.control.find("Prepare")
    bench.client.comments.add(task.id, "I am on it")

    result = undone(bench)

    assert names(result.kept) == {"Prepare": "people changed it since: comments"}
    (space,) = [entry for entry in state(bench)["spaces"] if entry["name"] == "ML"]
    (releases,) = space["lists"]
    assert [task["name"] for task in releases["tasks"]] == ["Prepare"]
    assert {"Release", "Intake"} <= {path[-1][1] for path in result.removed}


@pytest.mark.parametrize(
    ("where", "sign"),
    [
        ("Releases", "1 task that people made"),
        ("ranker", 'List "Ours"'),
        ("ML", 'List "Ours"'),
    ],
)
def test_what_people_made_in_a_place_keeps_the_place(
    bench: Workbench, where: str, sign: str
) -> None:
    """Tasks in a list, lists in a folder or space."""
    bench.apply(WANT, experimental=True)
    client, control = bench.client, bench.control
    if where == "Releases":
        client.tasks.create(control.list_id("Releases"), "Urgent fix")
    elif where == "ranker":
        client.lists.create("Ours", folder_id=control.folder_id("ranker"))
    else:
        client.lists.create("Ours", space_id=control.space_id("ML"))

    assert names(undone(bench).kept)[where] == f"people changed it since: {sign}"
    assert "ML" in {space["name"] for space in state(bench)["spaces"]}


def test_an_edited_page_keeps_its_doc(bench: Workbench) -> None:
    """People's text is theirs."""
    bench.apply(WANT, experimental=True)
    (doc,) = bench.world.docs
    page = next(page for page in bench.world.pages if page.name == "Runbook")
    bench.client.docs.edit_page(bench.sandbox.team_id, doc.id, page.id, markdown="Ours.")

    result = undone(bench)

    assert names(result.kept)["Runbook"] == "people changed it since: another text"
    assert state(bench)["docs"] != []


def test_content_goes_too_only_if_that_is_said(bench: Workbench) -> None:
    """The flag, and then everything."""
    bench.apply(WANT, experimental=True)
    bench.client.tasks.create(bench.control.list_id("Releases"), "Urgent fix")

    result = undone(bench, "ML")

    assert result.kept == []
    assert "ML" not in {space["name"] for space in state(bench)["spaces"]}


def test_changes_are_restored(bench: Workbench) -> None:
    """Names, texts, colours, views and events are as they were before the second apply."""
    bench.apply(WANT, experimental=True)
    client, control = bench.client, bench.control
    client.lists.update(control.list_id("Releases"), name="Shipped", markdown="Ours.")
    client.folders.rename(control.folder_id("ranker"), "old")
    client.spaces.update(control.space_id("ML"), color="#000000")
    client.tags.update(
        control.space_id("ML"), "inference", foreground="#111111", background="#222222"
    )
    (view,) = bench.world.views
    client.views.update(client.views.get(view.id), name="Mine", grouping={"field": "priority"})
    theirs, body = state(bench), view.body
    bench.apply(WANT, experimental=True)
    assert state(bench) != theirs

    result = undone(bench)

    assert result.kept == []
    assert len(result.restored) == 5
    assert state(bench) == theirs
    (view,) = bench.world.views
    assert view.body["grouping"]["field"] == body["grouping"]["field"] == "priority"


def test_what_people_changed_since_is_not_restored(bench: Workbench) -> None:
    """Their value is newer than ours: it is listed."""
    bench.apply(WANT, experimental=True)
    client, control = bench.client, bench.control
    client.lists.update(control.list_id("Releases"), markdown="Theirs.")
    bench.apply(WANT, experimental=True)
    client.lists.update(control.list_id("Releases"), markdown="Newest.")

    result = undone(bench)

    assert names(result.kept) == {"Releases": "it was changed in ClickUp since"}
    assert client.lists.get(control.list_id("Releases")).content == "Newest."


def test_what_the_api_cannot_take_back_is_listed(bench: Workbench) -> None:
    """A doc in a space that stays can only be deleted by a person."""
    bench.apply({path: node for path, node in WANT.items() if len(path) < 3})
    bench.apply(WANT, experimental=True)

    result = undone(bench)

    listed = names(result.impossible)
    assert "cannot delete docs" in listed["Handbook"]
    assert state(bench)["docs"] != []


def test_an_undo_that_was_killed_is_asked_for_again(bench: Workbench) -> None:
    """At each of its writes; the end is the same."""
    before = state(bench)
    bench.apply(WANT, experimental=True)
    for _ in range(3):
        chosen = planned(bench)
        with pytest.raises(Killed):
            dying = bench.session(mortal(bench.sandbox, 1, writes=True))
            undo.undo(chosen, dying, bench.journal)

    undone(bench)

    after = state(bench)
    assert (after["spaces"], after["channels"]) == (before["spaces"], [])


def test_an_undo_is_in_the_journal_and_a_run_is_undone_once(bench: Workbench) -> None:
    """The newest run that is left comes next; with none left it says so."""
    bench.apply(WANT, experimental=True)
    undone(bench)

    runs = bench.journal.rows.runs(bench.sandbox.team_id)
    assert [run.kind for run in runs] == ["undo", "apply"]
    assert runs[1].outcome == f"undone by run {runs[0].id}"
    assert {row.action for row in bench.journal.rows.steps(runs[0].id)} == {"remove"}
    with pytest.raises(InputError, match="nothing to undo"):
        undo.newest(bench.journal)


def test_what_a_later_run_counts_on_stays_until_that_one_is_undone(bench: Workbench) -> None:
    """Templates share a space, its tags and its lists: the first to come made them for all."""
    total = template("everything")
    first = {path: node for path, node in total.items() if path[-1][0] in ("space", "tag")}
    bench.apply(first)
    bench.apply(total)
    runs = bench.journal.rows.runs(bench.sandbox.team_id)

    refused = undo.undo(planned(bench, runs[1].id), bench.session(), bench.journal)

    assert refused.removed == []
    assert {path for path, _ in refused.kept} == set(first)
    assert all(f"run {runs[0].id} of" in why for _, why in refused.kept)


def test_newest_first_leaves_nothing_of_two_runs(bench: Workbench) -> None:
    """What the second run counted on goes with the first."""
    before = state(bench)["spaces"]
    total = template("everything")
    bench.apply({path: node for path, node in total.items() if path[-1][0] in ("space", "tag")})
    bench.apply(total)

    assert undone(bench).kept == []
    assert undone(bench).kept == []

    assert state(bench)["spaces"] == before


def test_only_a_run_that_did_something_can_be_undone(bench: Workbench) -> None:
    """A wrong number is told apart from an undo's own."""
    bench.apply(WANT)
    result = undone(bench)

    with pytest.raises(InputError, match="no run 999"):
        undo.newest(bench.journal, 999)
    with pytest.raises(InputError, match="is an undo itself"):
        undo.newest(bench.journal, result.run_id)


def test_what_was_undone_can_be_asked_for_again(bench: Workbench) -> None:
    """What is gone does not stand in the way; Docs, which no call deletes, are named again."""
    bench.apply(WANT, experimental=True)
    first = undo.newest(bench.journal).id
    undone(bench)

    again = undo.undo(planned(bench, first), bench.session(), bench.journal)

    assert {path[-1] for path, _ in again.impossible} >= {("doc", "Handbook")}
    assert again.removed == []


def edits(bench: Workbench) -> dict[str, tuple[str, str, Callable[[], object]]]:
    """What people may do after an apply: the object that stays, the sign, and the change."""
    client, control, team = bench.client, bench.control, bench.sandbox.team_id
    task = client.tasks.get(control.find("Prepare").id)
    release = client.tasks.get(control.find("Release").id)
    (view,) = client.views.of("list", control.list_id("Releases"))
    (hook,) = client.webhooks.list(team)
    space, folder = control.space_id("ML"), control.folder_id("ranker")
    releases, intake = control.list_id("Releases"), control.list_id("Intake")
    gate = client.checklists.of(release)[0]
    p99 = next(p99 for p99 in client.fields.of_list(releases) if p99.type == "number")
    day = 86_400_000

    def archive(kind: str, name: str) -> None:
        rows = getattr(control.world, kind)
        with control.world.change():
            match = next(row for row in rows if row.name == name)
            match.archived = True
            rows.put(match)

    def foreign_and_archived() -> None:
        client.lists.create("Old", folder_id=folder)
        archive("lists", "Old")

    def later(change: Callable[[], object]) -> object:
        bench.wait(60)
        return change()

    update = client.tasks.update
    return {
        "description": ("Prepare", "description", lambda: update(task.id, markdown="Mine")),
        "priority": ("Prepare", "priority", lambda: update(task.id, priority=1)),
        "due date": ("Prepare", "dates", lambda: update(task.id, due_ms=bench.now_ms())),
        "moved date": (
            "Release",
            "dates",
            lambda: update(release.id, due_ms=(release.due_ms or 0) + 5 * day),
        ),
        "tag": ("Prepare", "tags", lambda: client.tags.add(task.id, "inference")),
        "status": ("Prepare", "people at work", lambda: update(task.id, status="complete")),
        "archived task": ("Prepare", "archived", lambda: update(task.id, archived=True)),
        "anything else": (
            "Prepare",
            "it was edited",
            lambda: later(lambda: (update(task.id, priority=1), update(task.id, priority=None))),
        ),
        "checklist": ("Prepare", "checklist", lambda: client.checklists.create(task.id, "Mine")),
        "ticked item": (
            "Release",
            "checklist",
            lambda: client.checklists.update_item(gate.id, gate.items[0].id, resolved=True),
        ),
        "value": ("Release", "values of P99", lambda: client.fields.set(release.id, p99, 99)),
        "new value": ("Prepare", "values of P99", lambda: client.fields.set(task.id, p99, 99)),
        "archived list": ("Intake", "archived", lambda: archive("lists", "Intake")),
        "their archived list": ("ranker", 'archived List "Old"', foreign_and_archived),
        "list description": (
            "Releases",
            "description",
            lambda: client.lists.update(releases, markdown="Mine"),
        ),
        "a first description": (
            "Intake",
            "description",
            lambda: client.lists.update(intake, markdown="Mine"),
        ),
        "folder name": ("ranker", "another name", lambda: client.folders.rename(folder, "Mine")),
        "space colour": ("ML", "color", lambda: client.spaces.update(space, color="#000000")),
        "own view": (
            "Releases",
            'view "Mine"',
            lambda: later(lambda: client.views.create("list", releases, "Mine", "board")),
        ),
        "changed view": (
            "SLO",
            "group_by",
            lambda: client.views.update(view, grouping={"field": "priority"}),
        ),
        "own doc": (
            "ranker",
            'Doc "Mine"',
            lambda: client.docs.create(team, "Mine", parent=(Parent.FOLDER, folder)),
        ),
        "own field": (
            "Intake",
            'field "Mine"',
            lambda: control.ui_actions.create_field("Intake", "Mine", "number"),
        ),
        "own option": (
            "Cluster",
            "options asia",
            lambda: control.ui_actions.change_field("Cluster", options=["eu", "us", "asia"]),
        ),
        "tag colour": (
            "inference",
            "foreground",
            lambda: client.tags.update(
                space, "inference", foreground="#111111", background="#e50000"
            ),
        ),
        "events": (
            "https://bot.example.org/hooks",
            "events",
            lambda: client.webhooks.update(hook.id, hook.endpoint, ["taskDeleted"]),
        ),
    }


def rounds(bench: Workbench) -> Iterator[list[str]]:
    """The edits in rounds; in each round every object is edited once."""
    queues: dict[str, list[str]] = {}
    for edit, (name, _, _) in edits(bench).items():
        queues.setdefault(name, []).append(edit)
    for of_each in zip_longest(*queues.values()):
        yield [edit for edit in of_each if edit]


def test_whatever_people_changed_since_is_kept_and_named(bench: Workbench) -> None:
    """Any edit of any object: it stays with its places, and the report says what was changed."""
    bench.apply(WANT, experimental=True)
    missed = {}
    for together in list(rounds(bench)):
        signs = {edit: edits(bench)[edit] for edit in together}
        for _, _, change in signs.values():
            change()
        stored = names(undone(bench).kept)
        missed |= {
            e: stored for e, (name, sign, _) in signs.items() if sign not in stored.get(name, "")
        }
        undo_all(bench)
        bench.apply(WANT, experimental=True)
    assert missed == {}


def undo_all(bench: Workbench) -> None:
    """An empty workspace again."""
    for space in bench.client.spaces.all(bench.sandbox.team_id):
        if space.name == "ML":
            bench.client.spaces.delete(space.id)
    for hook in bench.client.webhooks.list(bench.sandbox.team_id):
        bench.client.webhooks.delete(hook.id)
    bench.journal.forget(bench.journal.remembered())


def test_a_named_object_goes_with_all_that_is_in_it(bench: Workbench) -> None:
    """And nothing else that people changed."""
    bench.apply(WANT, experimental=True)
    for name in ("Prepare", "Release"):
        bench.client.comments.add(bench.control.find(name).id, "Mine")

    result = undone(bench, 'task "ML / ranker / Releases / Prepare"')

    assert names(result.kept) == {"Release": "people changed it since: comments"}
    assert "Prepare" in {path[-1][1] for path in result.removed}
    with pytest.raises(InputError, match="did not make Nobody"):
        planned(bench, 1, "Nobody")


def test_what_a_person_made_as_the_checklist_says_is_not_theirs(bench: Workbench) -> None:
    """A field that a manual step asked for does not keep its List."""
    bench.apply(WANT)
    bench.control.ui_actions.create_field("Releases", "P99 latency ms", "number")

    assert undone(bench).kept == []


@pytest.mark.parametrize(("theirs", "remaining_names"), [(2, set()), (4, {"Prepare"})])
def test_priority_and_tags_that_an_automation_set_are_no_persons(
    bench: Workbench, theirs: int, remaining_names: set[str]
) -> None:
    """Unless a person set another one afterwards."""
    bench.apply(WANT, experimental=True)
    task = bench.control.find("Prepare")
    bench.wait(60)
    bench.client.tasks.update(task.id, priority=theirs)
    bench.client.tags.add(task.id, "triage")
    run = undo.newest(bench.journal)
    have = snapshot.look(bench.client, bench.sandbox.team_id, undo.desired(run)).tree

    def own_of(task_id: str) -> Own:
        wrote = Own(bench.now_ms(), (2,), frozenset({"triage"}))
        return wrote if task_id == task.id else Own()

    automated = Automated(own_of, lambda name: name == "triage")
    chosen = undo.plan(run, bench.session(), bench.journal, have, automated=automated)

    assert set(names([*chosen.changed])) == remaining_names
