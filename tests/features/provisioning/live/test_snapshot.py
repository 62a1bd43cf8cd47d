"""Looking at a live workspace: what is read, how often, and where things are found."""

from collections import Counter
from dataclasses import replace
from typing import Any

from clickup_mlops.clickup.wire.port import Answer
from clickup_mlops.features.provisioning.live import snapshot
from clickup_mlops.features.provisioning.tree import Node, Path, Tree
from tests.features.provisioning.workbench import Workbench, template

EVERYTHING = template("everything")
SPACE: Path = (("space", "ML"),)
FOLDER: Path = (*SPACE, ("folder", "ranker"))
RELEASES: Path = (*FOLDER, ("list", "Releases"))
INTAKE: Path = (*SPACE, ("list", "Intake"))


def look(bench: Workbench, want: Tree = EVERYTHING) -> snapshot.Snapshot:
    stored = bench.store.space_policies.of
    remembered = bench.journal.remembered()
    return snapshot.look(bench.client, bench.sandbox.team_id, want, remembered, stored)


def reads(bench: Workbench, want: Tree = EVERYTHING) -> Counter[str]:
    """Addresses that one look asks for."""
    counter: Counter[str] = Counter()
    wire = bench.client.transport.wire
    send = wire.send

    def counting(method: str, url: str, **options: Any) -> Answer:
        counter.update([url])
        return send(method, url, **options)

    wire.send = counting
    result = look(bench, want)
    wire.send = send
    assert result.reads == counter.total()
    return counter


def only(*paths: Path) -> Tree:
    return {path: EVERYTHING[path] for path in paths}


def test_an_applied_template_is_found_where_it_was_made(bench: Workbench) -> None:
    """Every wanted object, with its id."""
    bench.apply(EVERYTHING, experimental=True)

    tree = look(bench).tree

    for path in EVERYTHING:
        # Channels belong to the workspace.
        where = path[-1:] if path[-1][0] == "channel" else path
        assert tree[where].id


def test_each_container_is_read_once(bench: Workbench) -> None:
    """No address twice: calls are what a template costs."""
    bench.apply(EVERYTHING, experimental=True)

    requests = reads(bench)

    assert set(requests.values()) == {1}


def test_what_the_template_does_not_name_is_not_read(bench: Workbench) -> None:
    """Spaces, folders and lists: three calls, whatever is in them."""
    bench.apply(EVERYTHING, experimental=True)

    assert reads(bench, only(SPACE, FOLDER, RELEASES, INTAKE)).total() == 3
    assert reads(bench, only(SPACE)).total() == 1


def test_in_an_empty_workspace_only_the_workspace_is_read(bench: Workbench) -> None:
    """Spaces, and its fields and channels, which would be used."""
    assert reads(bench).total() == 3


def test_a_moved_list_is_found_where_it_is_now(bench: Workbench) -> None:
    """Also in a folder that the template does not name, and with what is in it."""
    bench.apply(EVERYTHING, experimental=True)
    second = bench.client.folders.create(bench.control.space_id("ML"), "Archive")
    bench.control.ui_actions.move_list("Releases", second.id)

    tree = look(bench).tree

    moved: Path = (*SPACE, ("folder", "Archive"), ("list", "Releases"))
    assert tree[moved].id == bench.control.list_id("Releases")
    assert (*moved, ("view", "SLO")) in tree
    assert RELEASES not in tree


def test_a_list_that_left_the_space_is_looked_up_by_its_id(bench: Workbench) -> None:
    """One more call, and only then."""
    bench.apply(EVERYTHING, experimental=True)
    usual = reads(bench).total()
    space = bench.client.spaces.create(bench.sandbox.team_id, "Elsewhere")
    folder = bench.client.folders.create(space.id, "Archive")
    bench.control.ui_actions.move_list("Releases", folder.id)

    tree = look(bench).tree

    moved: Path = (("space", "Elsewhere"), ("folder", "Archive"), ("list", "Releases"))
    assert moved in tree
    assert reads(bench).total() == usual + 1
    (step,) = [step for step in bench.plan(EVERYTHING).work if step.path == RELEASES]
    assert step.operation == "manual"
    assert '"Elsewhere / Archive"' in step.why


def test_a_starter_task_that_people_moved_is_not_made_again(bench: Workbench) -> None:
    """Wherever it is: the work went on."""
    bench.apply(EVERYTHING, experimental=True)
    home = bench.client.lists.create("Done", space_id=bench.control.space_id("ML"))
    bench.control.as_user(bench.control.members[0].id).move("Prepare", home.name)

    plan = bench.plan(EVERYTHING)

    assert plan.work == ()
    (step,) = [step for step in plan.steps if step.path[-1] == ("task", "Prepare")]
    assert "it was moved to" in step.why


def test_what_is_gone_for_good_is_not_found(bench: Workbench) -> None:
    """A deleted list answers 404, and is made again."""
    bench.apply(EVERYTHING, experimental=True)
    bench.client.lists.delete(bench.control.list_id("Intake"))

    assert INTAKE not in look(bench).tree
    (step,) = bench.plan(EVERYTHING).work[:1]
    assert (step.operation, step.path) == ("create", INTAKE)
    assert "deleted in ClickUp" in step.why


def test_of_two_fields_with_one_name_the_wanted_type_counts(bench: Workbench) -> None:
    """Nobody can see two objects at one path."""
    bench.client.spaces.create(bench.sandbox.team_id, "ML")
    for kind in ("text", "number", "date"):
        bench.control.ui_actions.create_field("ML", "F", kind)
    path: Path = (*SPACE, ("field", "F"))
    want = {SPACE: Node(SPACE), path: Node(path, {"type": "number"})}

    assert look(bench, want).tree[path].attributes["type"] == "number"


def test_an_inherited_field_will_do(bench: Workbench) -> None:
    """A list's field may be one of the workspace, whatever its list is made of."""
    bench.control.create_field("P99", "number")
    path: Path = (*INTAKE, ("field", "P99"))
    want = {**only(SPACE, INTAKE), path: Node(path, {"type": "number"})}

    fields = [step for step in bench.plan(want).steps if step.path == path]

    assert [step.operation for step in fields] == ["adopt"]


def test_texts_of_pages_are_only_read_when_the_template_has_new_ones(bench: Workbench) -> None:
    """Otherwise they are people's, and nobody needs to know them."""
    bench.apply(EVERYTHING, experimental=True)
    runbook: Path = (*FOLDER, ("doc", "Handbook"), ("page", "Runbook"))
    newer = replace(EVERYTHING[runbook], attributes={"content": "Roll back at once."})

    assert "content" not in look(bench).tree[runbook].attributes
    observations = look(bench, {**EVERYTHING, runbook: newer}).tree[runbook]
    assert "Roll back first." in observations.attributes["content"]


def test_a_webhook_for_everything_is_as_wanted(bench: Workbench) -> None:
    """ClickUp answers `*` with the names of all events."""
    path: Path = (*SPACE, ("webhook", "https://all.example.org"))
    want = {**only(SPACE), path: Node(path, {"events": ["*"]})}
    bench.apply(want)

    assert bench.plan(want).work == ()


def test_clickup_templates_are_read_only_if_one_is_to_be_used(bench: Workbench) -> None:
    """One call for list templates, before the list is there."""
    path: Path = (*SPACE, ("list", "New"))
    want = {**only(SPACE), path: Node(path, {"template": "Releases template"})}
    bench.apply(only(SPACE))
    before = reads(bench, want)
    bench.apply(want)
    after = reads(bench, want)

    assert sum("list_template" in url for url in before) == 1
    assert not any("template" in url for url in after)
