"""What a mapping needs is created once, and what people have is left as it is."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickup_mlops import content
from clickup_mlops.features.migration.convert import column_types
from clickup_mlops.features.migration.mapping.draft import Wishes, World, draft
from clickup_mlops.features.migration.mapping.model import Groups, Mapping, SourceTable
from clickup_mlops.features.migration.mapping.template_fields import of as fields_of
from clickup_mlops.features.migration.provisioning import templates, tree
from clickup_mlops.features.migration.records import Board, Column, Group, Option
from clickup_mlops.features.provisioning.template import check, load
from clickup_mlops.features.provisioning.template.model import CustomField
from clickup_mlops.features.provisioning.tree import Tree, fold, show
from tests.features.migration.mapping import boards as shapes
from tests.features.provisioning.workbench import Workbench, open_work, state, workbench

SOURCE = SourceTable(kind="monday")
SHIPPED = content.find_folder("templates")
GAINS = {"llm_serving": fields_of(load.load(SHIPPED, "llm_serving"))}
STATES = (
    Option("0", "Working on it", "#fdab3d"),
    Option("1", "Done", "#00c875", done=True),
    Option("2", "Stuck", "#e2445c"),
    Option("5", ""),
)
COLUMNS = (
    Column("status", "Status", "status", options=STATES),
    Column("risk", "Risk", "status", "How bad it may get", STATES),
    Column("area", "Area", "dropdown", options=(Option("1", "NLP"), Option("2", "nlp"))),
    Column("cost", "Cost", "numbers", settings={"unit": {"symbol": "€", "precision": 2}}),
    Column("stars", "Stars", "rating"),
    Column("team", "Owner", "people"),
    Column("team2", "Reviewer", "people"),
)
GROUPS = (Group("a", "This month", "#579bfc"), Group("b", "Done", "#00c875"))
MODELS = Board("1", "Models", COLUMNS, groups=GROUPS, workspace="ML", description="What we run")


any_groups = st.sampled_from((None, *get_args(Groups)))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A fresh workspace with the undocumented field call switched on."""
    with workbench(tmp_path) as created:
        yield created


def mapped(*boards: Board, groups: Groups | None = None, workload: str = "") -> Mapping:
    world = World(column_types(), (), GAINS, classify=lambda *_: workload)
    return draft(Wishes("ml", SOURCE, groups=groups), boards, (), world).mapping


def tree_of(*boards: Board, **how: Any) -> Tree:
    return tree(mapped(*boards, **how), boards, column_types(), GAINS)


def paths_of(want: Tree) -> set[str]:
    return {show(path) for path in want}


def fields(want: Tree, kind: str = "field") -> dict[str, dict[str, Any]]:
    return {node.name: dict(node.attributes) for node in want.values() if node.kind == kind}


# What is wanted


def test_a_board_becomes_a_list_with_its_fields_and_statuses() -> None:
    """In the order of the source, with options, colours and settings; ids have a field."""
    want = tree_of(MODELS)

    assert 'list "ML / Models"' in paths_of(want)
    assert list(fields(want)) == [
        "Source ID",
        "Risk",
        "Area",
        "Cost",
        "Stars",
        "Reviewer",
        "Group",
    ]
    risk = fields(want)["Risk"]
    assert risk["options"] == ["Working on it", "Done", "Stuck"]
    assert risk["colors"]["Stuck"] == "#e2445c"
    assert risk["description"] == "How bad it may get"
    assert fields(want)["Area"]["options"] == ["NLP", "nlp 2"]
    assert fields(want)["Cost"]["currency"] == "EUR"
    assert fields(want)["Stars"]["count"] == 5
    assert fields(want)["Reviewer"]["type"] == "users"
    assert fields(want)["Group"]["options"] == ["This month", "Done"]


def test_statuses_begin_open_and_end_closed() -> None:
    """As ClickUp wants it: what the source lacks is added."""
    kinds = {name: field["type"] for name, field in fields(tree_of(MODELS), "status").items()}
    no_end = Column("s", "Status", "status", options=(Option("0", "Now"), Option("1", "Later")))
    no_start = Column("s", "Status", "status", options=(Option("0", "Done", done=True),))

    assert kinds == {"Working on it": "open", "Stuck": "custom", "Done": "closed"}
    ended = tree_of(Board("1", "A", (no_end,)))
    started = tree_of(Board("1", "A", (no_start,)))
    assert list(fields(ended, "status")) == ["Now", "Later", "complete"]
    assert list(fields(started, "status")) == ["to do", "Done"]
    odd = Column("s", "Status", "status", options=(Option("0", "To do", done=True),))
    assert list(fields(tree_of(Board("1", "A", (odd,))), "status")) == ["to do 2", "To do"]


def test_the_status_of_items_without_one_comes_first() -> None:
    """Tasks start in the first status of a List: one that says nothing."""
    mapping = mapped(MODELS)
    table = mapping.boards["1"]
    status = table.columns["status"]
    named = status.model_copy(update={"options": {**status.options, "": "Not set"}})
    columns = {**table.columns, "status": named}
    boards = {"1": table.model_copy(update={"columns": columns})}
    mapping = mapping.model_copy(update={"boards": boards})

    desired = tree(mapping, (MODELS,), column_types(), GAINS)

    statuses = [(name, field["type"]) for name, field in fields(desired, "status").items()]
    assert statuses[0] == ("Not set", "open")
    assert ("Working on it", "custom") in statuses


def test_groups_become_statuses_or_lists() -> None:
    """Lists of one Folder have their statuses and fields in common."""
    board = Board("1", "Models", COLUMNS[4:], groups=GROUPS, workspace="ML")
    as_lists = tree_of(MODELS, groups="lists")

    assert list(fields(tree_of(board), "status")) == ["This month", "Done"]
    assert 'list "ML / Models / This month"' in paths_of(as_lists)
    assert 'field "ML / Models / Source ID"' in paths_of(as_lists)
    assert 'status "ML / Models / Stuck"' in paths_of(as_lists)


def test_fields_stay_with_their_list() -> None:
    """However many boards there are: a board that comes later moves no field."""
    board = Board("2", "Data", COLUMNS[4:5], workspace="ML")
    result = paths_of(tree_of(MODELS, board))

    assert {'field "ML / Models / Stars"', 'field "ML / Data / Stars"'} <= result
    assert paths_of(tree_of(MODELS)) < result


def test_subitems_add_options_to_the_field_of_their_items() -> None:
    """Both stand in one List, and see one field."""
    below = Column("r", "Risk", "status", options=(Option("9", "Lost"),))
    state = Column("s", "Status", "status", options=(Option("9", "Tested", done=True),))
    want = tree_of(Board("1", "Models", COLUMNS, (state, below)))

    assert fields(want)["Risk"]["options"] == ["Working on it", "Done", "Stuck", "Lost"]
    assert list(fields(want, "status"))[-2:] == ["Done", "Tested"]


def test_tags_with_colours_are_created() -> None:
    """If the source lists them."""
    tags = Column("t", "Tags", "tags", options=(Option("1", "Hot", "#ff0000"), Option("2", " ")))

    assert fields(tree_of(Board("1", "A", (tags,))), "tag") == {
        "hot": {"background": "#ff0000", "ignore_changes": ["all"]}
    }


def test_a_place_gains_the_fields_and_objectives_of_its_template() -> None:
    """Workload and common metrics in the Space, the template's own with the board."""
    board = Board("1", "LLM endpoints", COLUMNS[3:5], workspace="ML", folder=("Serving",))
    want = tree_of(board, workload="inference")
    policy = next(node for node in want.values() if node.kind == "policy")

    assert {'field "ML / Workload"', 'field "ML / SLO latency ms"'} <= paths_of(want)
    assert 'field "ML / Serving / LLM endpoints / P99 TTFT ms"' in paths_of(want)
    assert policy.attributes["routing"] == {"lists": {"LLM endpoints": "inference"}}
    assert policy.attributes["slo"]["P99 TTFT ms"]["objective"] == "SLO TTFT ms"
    assert policy.attributes["metrics"]["P99 TTFT ms"]["lists"] == ["LLM endpoints"]
    assert policy.attributes["folders"] == ["Serving"]
    assert policy.attributes["enable"] == []


def test_a_board_that_the_source_has_no_more_is_taken_from_the_mapping() -> None:
    """Its places and fields at least."""
    want = tree(mapped(MODELS), (), column_types())

    assert 'list "ML / Models"' in paths_of(want)
    assert list(fields(want)) == list(fields(tree_of(MODELS)))
    assert fields(want)["Group"]["options"] == ["This month", "Done"]


@given(shapes.boards, any_groups, st.sampled_from(("", "inference")))
def test_every_draft_makes_sound_templates(
    boards: tuple[Board, ...], groups: Groups | None, workload: str
) -> None:
    """Nothing is there twice, in any spelling, and every board has its Lists."""
    mapping = mapped(*boards, groups=groups, workload=workload)
    created = templates(mapping, boards, column_types(), GAINS)
    want = tree(mapping, boards, column_types(), GAINS)

    assert [text for board_plan in created for text in check.problems(board_plan)] == []
    assert len(set(map(fold, want))) == len(want)
    for table in mapping.boards.values():
        for place in table.lists:
            assert show(_path(place)).casefold() in {name.casefold() for name in paths_of(want)}


def _path(place: tuple[str, str, str]) -> Any:
    kinds = zip(("space", "folder", "list"), place, strict=True)
    return tuple((kind, name.strip()) for kind, name in kinds if name)


def test_colours_are_only_for_fields_with_options() -> None:
    """As everything that is only for some types."""
    with pytest.raises(ValueError, match="`colors` is only for drop_down and labels"):
        CustomField(name="X", type="number", colors={"a": "#ff0000"})


# In ClickUp


def test_applying_twice_leaves_nothing_to_do(bench: Workbench) -> None:
    """Places and fields are there; statuses are left to people."""
    want = tree_of(
        MODELS, Board("2", "LLM endpoints", COLUMNS[3:], workspace="ML"), workload="inference"
    )
    bench.apply(want, experimental=True)
    before, plan = state(bench), bench.plan(want, experimental=True)

    assert not open_work(plan)
    assert {step.path[-1][0] for step in plan.work} == {"status"}
    bench.apply(want, experimental=True)
    assert state(bench) == before


def test_options_are_created_with_their_colours(bench: Workbench) -> None:
    """Where the undocumented call may be used."""
    bench.apply(tree_of(MODELS), experimental=True)
    with bench.world.change():
        risk = next(field for field in bench.world.fields if field.name == "Risk")

    colors = [option["color"] for option in risk.type_config["options"]]
    assert colors == ["#fdab3d", "#00c875", "#e2445c"]


def test_without_the_undocumented_call_fields_are_manual(bench: Workbench) -> None:
    """The rest is done, and a second plan has no other work."""
    want = tree_of(MODELS)
    applied = bench.apply(want)

    assert Counter(step.path[-1][0] for step in applied.manual) == {"field": 7, "status": 3}
    assert not open_work(bench.plan(want))


@pytest.mark.parametrize("groups", ["field", "lists"])
def test_a_place_is_made_of_a_clickup_template(bench: Workbench, groups: Groups) -> None:
    """It brings the fields and statuses that the API cannot create."""
    kind = "folder" if groups == "lists" else "list"
    bench.control.ui_actions.define_template(kind, "ML board")
    mapping = mapped(MODELS, groups=groups)
    table = mapping.boards["1"]
    place = table.place.model_copy(update={"clickup_template": "ML board"})
    named = mapping.model_copy(update={"boards": {"1": table.model_copy(update={"place": place})}})
    want = tree(named, [MODELS], column_types())
    (created,) = (
        step
        for step in bench.plan(want).steps
        if step.path[-1][0] == kind and step.operation == "create"
    )

    assert "ML board" in str(created)


def test_a_field_of_the_space_does_for_all_its_lists(bench: Workbench) -> None:
    """A person makes it once, instead of once in each List."""
    board = Board("2", "Data", COLUMNS[4:5], workspace="ML")
    bench.apply(tree_of(MODELS, board))
    bench.control.ui_actions.create_field("ML", "Source ID", "short_text")
    remainder = {show(step.path) for step in bench.plan(tree_of(MODELS, board)).work}

    assert 'field "ML / Data / Stars"' in remainder
    assert not [text for text in remainder if "Source ID" in text]


def test_what_people_have_is_adopted_and_not_changed(bench: Workbench) -> None:
    """Their List keeps its description, and its new name after the first time."""
    space = bench.client.spaces.create(bench.sandbox.team_id, "ML")
    existing_list = bench.client.lists.create("models", space_id=space.id, markdown="Ours.")
    bench.apply(tree_of(MODELS), experimental=True)
    bench.client.lists.update(existing_list.id, name="Models in production")
    plan = bench.plan(tree_of(MODELS), experimental=True)
    bench.apply(tree_of(MODELS), experimental=True)

    assert not open_work(plan)
    (only,) = bench.client.lists.of_space(space.id)
    assert (only.id, only.name, only.content) == (existing_list.id, "Models in production", "Ours.")


@settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_every_draft_can_be_applied(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    """Names of any script and length; a second plan has only manual work."""
    boards = data.draw(shapes.boards)
    want = tree(mapped(*boards), boards, column_types(), GAINS)
    folder: Path = tmp_path_factory.mktemp("any")
    with workbench(folder) as bench:
        bench.apply(want, experimental=True)

        assert not open_work(bench.plan(want, experimental=True))
