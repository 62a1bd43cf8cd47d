"""What people changed since the last apply is named, with what was wanted and what was found."""

from pathlib import Path as FilePath

import pytest

from clickup_mlops.errors import NotFound
from clickup_mlops.features.provisioning.apply import run as applying
from clickup_mlops.features.provisioning.manual import checklist
from clickup_mlops.features.provisioning.plan import render
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Path
from tests.features.provisioning.workbench import Workbench, template

WANT = template("everything")
SPACE: Path = (("space", "ML"),)
FOLDER: Path = (*SPACE, ("folder", "ranker"))
RELEASES: Path = (*FOLDER, ("list", "Releases"))
INTAKE: Path = (*SPACE, ("list", "Intake"))
CLUSTER: Path = (*SPACE, ("field", "Cluster"))
P99: Path = (*RELEASES, ("field", "P99 latency ms"))
SLO: Path = (*RELEASES, ("view", "SLO"))
RELEASE: Path = (*RELEASES, ("task", "Release"))
PAGE: Path = (*FOLDER, ("doc", "Handbook"), ("page", "Runbook"))


@pytest.fixture
def applied(bench: Workbench) -> Workbench:
    """Everything is as wanted."""
    bench.apply(WANT, experimental=True)
    return bench


def work(bench: Workbench) -> dict[Path, Step]:
    return {step.path: step for step in bench.plan(WANT, experimental=True).work}


def only(bench: Workbench, path: Path) -> Step:
    """The one step with something to do."""
    result = work(bench)
    assert list(result) == [path]
    return result[path]


def healed(bench: Workbench) -> bool:
    """One apply, with as many calls as planned, and nothing is left."""
    plan = bench.plan(WANT, experimental=True)
    used = applying.apply(plan, bench.session(), bench.journal, max_changes=1_000).calls
    return used == plan.calls and not work(bench)


def test_without_drift_there_is_no_work(applied: Workbench) -> None:
    """The baseline of everything below."""
    assert work(applied) == {}


def test_what_was_only_found_is_not_remembered(applied: Workbench) -> None:
    """`verify` and `drift` look at what is to be adopted; they adopt nothing."""
    rows, workspace = applied.journal.rows, applied.journal.workspace
    rows.forget(workspace, rows.remembered(workspace))
    applied.journal.notice(applied.plan(WANT, experimental=True))

    assert applied.journal.remembered() == {}


def test_a_renamed_list_is_renamed_back(applied: Workbench) -> None:
    """It is the same list, with all that is in it, not a missing one."""
    applied.client.lists.update(applied.control.list_id("Releases"), name="Old releases")

    step = only(applied, RELEASES)

    assert (step.operation, step.changes) == ("update", {"name": ("Old releases", "Releases")})
    assert step.why == 'renamed: found "Old releases", wanted "Releases"'
    assert healed(applied)


def test_a_renamed_folder_does_not_hide_what_is_in_it(applied: Workbench) -> None:
    """Its lists are found through it."""
    applied.client.folders.rename(applied.control.folder_id("ranker"), "reranker")

    assert only(applied, FOLDER).changes == {"name": ("reranker", "ranker")}
    assert healed(applied)


def test_settings_are_compared(applied: Workbench) -> None:
    """Colour of the space, description of a list, colour of a tag."""
    client, space = applied.client, applied.control.space_id("ML")
    client.spaces.update(space, color="#000000")
    client.lists.update(applied.control.list_id("Releases"), markdown="Something else")
    client.tags.update(space, "inference", foreground="#000000", background="#e50000")

    result = work(applied)

    assert {path[-1][0]: step.changes for path, step in result.items()} == {
        "space": {"color": ("#000000", "#5b4fe9")},
        "tag": {"foreground": ("#000000", "#ffffff")},
        "list": {
            "description": ("Something else", "One task for each version of **ranker**."),
        },
    }
    assert healed(applied)


def test_a_view_that_people_regrouped_is_put_right(applied: Workbench) -> None:
    """Columns that people added stay."""
    (view,) = applied.client.views.of("list", applied.control.list_id("Releases"))
    grouping = {**view.raw["grouping"], "field": "priority"}
    columns = [*view.raw["columns"]["fields"], {"field": "assignee", "idx": 9, "hidden": False}]
    applied.client.views.update(view, grouping=grouping, columns={"fields": columns})

    step = only(applied, SLO)

    assert step.changes == {"group_by": ("priority", "status")}
    assert healed(applied)
    (view,) = applied.client.views.of("list", applied.control.list_id("Releases"))
    assert "assignee" in [field["field"] for field in view.raw["columns"]["fields"]]


def test_a_removed_option_is_a_persons_work_and_named(applied: Workbench) -> None:
    """No call can add it; wanted and found are told."""
    applied.control.ui_actions.change_field("Cluster", options=["eu"])

    step = only(applied, CLUSTER)

    assert (step.operation, step.changes) == ("manual", {"options": (["eu"], ["eu", "us"])})
    assert 'options are missing: "us"' in step.why


def test_an_added_option_is_left_alone(applied: Workbench) -> None:
    """Not named is never touched."""
    applied.control.ui_actions.change_field("Cluster", options=["eu", "us", "asia"])

    assert work(applied) == {}


def test_a_renamed_field_is_known_by_its_id(applied: Workbench) -> None:
    """It is not made a second time, and views that show it are as wanted."""
    applied.control.ui_actions.change_field("P99 latency ms", name="P99")

    step = only(applied, P99)

    assert (step.operation, step.changes) == ("manual", {"name": ("P99", "P99 latency ms")})


def test_a_deleted_field_is_made_again(applied: Workbench) -> None:
    """With the view that lost it."""
    applied.control.ui_actions.delete_field("P99 latency ms")

    assert work(applied)[P99].operation == "create"
    assert healed(applied)


def test_a_moved_list_is_named_with_both_places(applied: Workbench) -> None:
    """No call moves a list, so a person is told; what is in it is as wanted."""
    second = applied.client.folders.create(applied.control.space_id("ML"), "Archive")
    applied.control.ui_actions.move_list("Releases", second.id)

    step = only(applied, RELEASES)

    assert (step.operation, step.calls) == ("manual", 0)
    assert step.changes == {"place": ('"ML / Archive"', '"ML / ranker"')}
    assert 'found in "ML / Archive", wanted in "ML / ranker"' in step.why


def test_a_deleted_list_is_made_again_with_all_that_was_in_it(applied: Workbench) -> None:
    """And the plan says that somebody deleted it."""
    applied.client.lists.delete(applied.control.list_id("Releases"))

    result = work(applied)

    assert {path for path in WANT if path[:3] == RELEASES} == set(result)
    assert {step.operation for step in result.values()} == {"create"}
    assert result[RELEASES].why == "it was deleted in ClickUp since the last apply"
    assert healed(applied)


def test_a_starter_task_is_only_a_start(applied: Workbench) -> None:
    """People rename it, rank it, write on it and close it: none of that is drift."""
    task = applied.control.find("Release")
    applied.client.tasks.update(
        task.id, name="Release 7", priority=4, markdown="Done by Ada", status="complete"
    )

    assert work(applied) == {}


def test_a_deleted_starter_task_does_not_return(applied: Workbench) -> None:
    """Nor does its subtask, which went with it."""
    applied.client.tasks.delete(applied.control.find("Release").id)

    assert work(applied) == {}


def test_a_page_that_people_wrote_on_is_theirs(applied: Workbench) -> None:
    """A runbook is there to be filled in."""
    team, (doc,) = applied.sandbox.team_id, applied.client.docs.all(applied.sandbox.team_id)
    page = applied.client.docs.pages(team, doc.id)[0]
    applied.client.docs.edit_page(team, doc.id, page.id, markdown="Call Ada.")

    assert work(applied) == {}


def test_a_webhook_with_other_events_is_put_right(applied: Workbench) -> None:
    """The events are what is compared."""
    (hook,) = applied.client.webhooks.list(applied.sandbox.team_id)
    applied.client.webhooks.update(hook.id, hook.endpoint, ["taskDeleted"])

    step = only(applied, (*INTAKE, ("webhook", "https://bot.example.org/hooks")))

    assert step.changes == {"events": (["taskDeleted"], ["taskCreated"])}
    assert healed(applied)


def test_what_the_template_does_not_name_is_in_no_plan(applied: Workbench) -> None:
    """Foreign lists, views and tasks are not even kept: they are not there."""
    space = applied.control.space_id("ML")
    mine = applied.client.lists.create("Mine", space_id=space)
    applied.client.tasks.create(mine.id, "Secret plan")
    applied.client.views.create("space", space, "My view")

    steps = applied.plan(WANT, experimental=True).steps

    assert {step.path for step in steps} == set(WANT)
    assert {step.operation for step in steps} == {"keep"}


def test_a_field_that_a_person_made_is_known_after_the_next_apply(bench: Workbench) -> None:
    """Renamed, it is not asked for again: nobody makes a second one."""
    bench.apply(WANT)
    bench.control.ui_actions.create_field("Releases", "P99 latency ms", "number")
    bench.apply(WANT)
    bench.control.ui_actions.change_field("P99 latency ms", name="P99")

    step = {work_step.path: work_step for work_step in bench.plan(WANT).work}[P99]

    assert step.changes == {"name": ("P99", "P99 latency ms")}
    assert "do not create a second one" in step.why
    clicks = [click for click in checklist.of(bench.plan(WANT), "9").items if "P99" in click.title]
    assert any('Click the field "P99".' in item.clicks for item in clicks)


def test_a_deleted_field_says_that_it_was_there(bench: Workbench) -> None:
    """In the plan's own line, with what to do."""
    bench.apply(WANT)
    bench.control.ui_actions.create_field("Releases", "P99 latency ms", "number")
    bench.apply(WANT)
    bench.control.ui_actions.delete_field("P99 latency ms")

    (line,) = [line for line in render.text(bench.plan(WANT)).splitlines() if "P99" in line]

    assert "it was deleted in ClickUp since the last apply" in line
    assert "create it again" in line


def archive(bench: Workbench, kind: str, name: str) -> None:
    rows = getattr(bench.world, kind)
    with bench.world.change():
        match = next(row for row in rows if row.name == name)
        match.archived = True
        rows.put(match)


@pytest.mark.parametrize(
    ("kind", "path"), [("lists", RELEASES), ("lists", INTAKE), ("folders", FOLDER)]
)
def test_an_archived_place_is_drift(applied: Workbench, kind: str, path: Path) -> None:
    """A person restores it; it is not made a second time."""
    archive(applied, kind, path[-1][1])

    step = only(applied, path)

    assert (step.operation, step.changes) == ("manual", {"archived": (True, False)})
    assert "restore it" in step.why


def test_an_archived_space_is_drift(applied: Workbench) -> None:
    """And no second one is planned."""
    archive(applied, "spaces", "ML")

    result = work(applied)

    assert result[SPACE].changes == {"archived": (True, False)}
    assert {step.operation for step in result.values()} == {"manual"}


def test_swapped_lists_are_swapped_back(bench: Workbench, tmp_path: FilePath) -> None:
    """What the bot knows by id wins over a name: two renames, no manual step."""
    (tmp_path / "two.toml").write_text(TWO)
    want = template("two", tmp_path)
    bench.apply(want, experimental=True)
    a, b = bench.control.list_id("A"), bench.control.list_id("B")
    for list_id, name in ((a, "C"), (b, "A"), (a, "B")):
        bench.client.lists.update(list_id, name=name)

    result = bench.plan(want, experimental=True).work

    assert [(step.operation, step.changes) for step in result] == [
        ("update", {"name": ("B", "A")}),
        ("update", {"name": ("A", "B")}),
    ]
    bench.apply(want, experimental=True)
    assert (bench.control.list_id("A"), bench.control.list_id("B")) == (a, b)
    assert bench.plan(want, experimental=True).work == ()


TWO = """
summary = "Two Lists that people can mistake for each other."
strategy = "tests"
[space]
name = "Pair"
[[space.list]]
name = "A"
field = [{ name = "Speed", type = "number" }]
view = [{ name = "Board", type = "board" }]
[[space.list]]
name = "B"
task = [{ name = "First" }]
view = [{ name = "Table", type = "table" }]
"""


def test_an_accepted_drift_is_none_until_it_changes_again(applied: Workbench) -> None:
    """Other differences of the object are still corrected."""
    releases = applied.control.list_id("Releases")
    applied.client.lists.update(releases, markdown="Ours.")
    applied.journal.tolerate([only(applied, RELEASES)])
    assert work(applied) == {}

    applied.client.lists.update(releases, name="Old")
    assert only(applied, RELEASES).changes == {"name": ("Old", "Releases")}
    assert healed(applied)
    assert applied.client.lists.get(releases).content == "Ours."

    applied.client.lists.update(releases, markdown="Something else.")
    assert "description" in only(applied, RELEASES).changes


def test_what_the_template_ignores_is_no_drift(bench: Workbench, tmp_path: FilePath) -> None:
    """It is set once, and people's from then on."""
    text = TWO.replace(
        'name = "A"\n', 'name = "A"\ndescription = "Start"\nignore_changes = ["description"]\n'
    )
    (tmp_path / "two.toml").write_text(
        text.replace('name = "Board",', 'name = "Board", ignore_changes = ["all"],')
    )
    want = template("two", tmp_path)
    bench.apply(want, experimental=True)
    a = bench.control.list_id("A")
    assert bench.client.lists.get(a).content == "Start"
    bench.client.lists.update(a, markdown="Ours.")
    (board,) = bench.client.views.of("list", a)
    bench.client.views.update(board, name="Mine", grouping={"field": "priority"})

    assert bench.plan(want, experimental=True).work == ()


@pytest.mark.parametrize("place", ["folder", "list"])
def test_a_place_in_the_trash_is_not_there(applied: Workbench, place: str) -> None:
    """ClickUp answers 200 with `deleted: true`: it is created again, as when it answers 404."""
    client, control = applied.client, applied.control
    if place == "folder":
        folder_id = control.folder_id("ranker")
        client.folders.delete(folder_id)
        raw = client.api.get("/api/v2/folder/{folder_id}", folder_id=folder_id)
        read = lambda: client.folders.get(folder_id)  # noqa: E731
    else:
        list_id = control.list_id("Releases")
        client.lists.delete(list_id)
        raw = client.api.get("/api/v2/list/{list_id}", list_id=list_id)
        read = lambda: client.lists.get(list_id)  # noqa: E731
    assert raw.get("deleted") is True
    with pytest.raises(NotFound, match="trash"):
        read()

    step = work(applied)[FOLDER if place == "folder" else RELEASES]

    assert (step.operation, step.why.partition(";")[0]) == (
        "create",
        "it was deleted in ClickUp since the last apply",
    )
    assert healed(applied)
