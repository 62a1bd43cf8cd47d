"""A plan's manual steps become items: none is lost, and each says enough."""

import pytest

from clickup_mlops import content
from clickup_mlops.features.provisioning.manual import checklist, instructions
from clickup_mlops.features.provisioning.manual.checklist import Checklist
from clickup_mlops.features.provisioning.plan import diff
from clickup_mlops.features.provisioning.plan.abilities import Abilities
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.template import desired, load
from clickup_mlops.features.provisioning.tree import Node
from clickup_mlops.sandbox import Sandbox

FOLDER = content.find_folder("templates")
NAMES = load.names(FOLDER)


def empty_plan(name: str, **templates: str) -> Plan:
    """The plan of a template on an empty Workspace."""
    tree = desired.tree(load.load(FOLDER, name))
    return diff.plan(tree, {}, Abilities(list_templates=templates), template=name)


def by_person(plan: Plan) -> list[Step]:
    return [step for step in plan.steps if step.operation == "manual"]


def text(todo: Checklist) -> str:
    return "\n".join(todo.lines())


@pytest.mark.parametrize("name", NAMES)
def test_every_manual_step_of_a_shipped_template_is_told(name):
    """By its name, in an item with clicks; fields also in a file or one by one."""
    plan = empty_plan(name)

    todo = checklist.of(plan, "9000")

    assert by_person(plan)
    for step in by_person(plan):
        assert f'"{step.path[-1][1]}"' in text(todo), step.path
    assert all(item.clicks and item.link for item in todo.items)


def test_fields_of_all_places_come_as_one_file():
    """Not as seventeen items; and what the importer cannot make comes beside it."""
    todo = checklist.of(empty_plan("data_pipeline"), "9000")

    (name,) = todo.files
    header = todo.files[name].splitlines()[0].split(",")
    assert name == "fields-data-pipeline.csv"
    assert header[:2] == ["Task Name", "Workload"]
    assert {"Items", "Agreement", "Gold accuracy %", "Cost"} <= set(header)
    titles = [item.title for item in todo.items if item.kind == "field"]
    assert len(titles) == 3
    assert 'Create the custom field "Labelled" in the List "search labelling"' in titles
    assert 'Create the custom field "Labellers" in the List "search labelling"' in titles


def test_each_place_of_an_imported_field_is_named():
    """The importer creates all of them for one List; a column that two places share is one."""
    number, text_ = {"type": "number"}, {"type": "short_text"}
    space = (("space", "ML"),)
    lists = [(*space, ("list", name)) for name in ("A", "B")]
    expected = {
        (*space, ("field", "Model")): text_,
        (*lists[0], ("field", "P99")): number,
        (*lists[0], ("field", "Same")): number,
        (*lists[1], ("field", "Same")): number,
        (*lists[1], ("field", "P50")): number,
        (*lists[1], ("field", "p99")): text_,
    }
    nodes = [Node(path, {}, path[-1][1]) for path in (space, *lists)]
    steps = [Step("keep", node.path, node, node, "") for node in nodes]
    steps += [Step("manual", p, Node(p, a), None, "no call") for p, a in expected.items()]

    sheet, alone = checklist.of(Plan("case", tuple(steps), ""), "9000").items

    assert sheet.link.endswith("/v/li/A")
    assert [click for click in sheet.clicks if "Locations" in click] == [
        'In the Custom Field Manager, add the Space "ML" under Locations of "Model".',
        'In the Custom Field Manager, add the List "B" under Locations of "Same", "P50".',
        'Remove the List "A" from the Locations of "P50".',
    ]
    assert alone.title == 'Create the custom field "p99" in the List "B"'


def test_few_items_are_left_to_people():
    """Of 37 to 64 objects that no call makes in each template; 169 items before there was one
    spreadsheet for all places.
    """
    items = {name: len(checklist.of(empty_plan(name), "9000").items) for name in NAMES}

    assert max(items.values()) <= 14
    assert sum(items.values()) <= 135


def test_statuses_of_a_place_are_one_errand_in_their_order():
    """With those that are there too, so that the order can be seen."""
    todo = checklist.of(empty_plan("infra_change_board"), "9000")

    result = [item for item in todo.items if item.kind == "status" and "GPU fleet" in item.title]
    assert len(result) == 1
    clicks = " ".join(result[0].clicks)
    assert clicks.index('"reported"') < clicks.index('"burn-in"') < clicks.index('"scrapped"')


def test_a_clickup_template_is_offered_once_and_not_where_it_is_used():
    """Saving a prepared List spares these clicks next time."""
    without = checklist.of(empty_plan("realtime_inference"), "9000")
    having = checklist.of(
        empty_plan("realtime_inference", **{"MLOps realtime releases": "t-1"}), "9000"
    )

    def offered(todo: Checklist) -> list[str]:
        return [item.title for item in todo.items if item.kind == "template"]

    assert any("MLOps realtime releases" in title for title in offered(without))
    assert len(offered(without)) == len(set(offered(without)))
    assert not any("MLOps realtime releases" in title for title in offered(having))


def test_what_a_clickup_template_brings_is_no_item():
    """Fields and statuses of the List come with it."""
    having = empty_plan("realtime_inference", **{"MLOps realtime releases": "t-1"})

    message = text(checklist.of(having, "9000"))

    assert "Traffic share %" not in message
    assert "load test" not in message


def test_links_lead_to_what_was_made_meanwhile():
    """Before the apply to the Workspace, afterwards to the place itself."""
    plan = empty_plan("realtime_inference")
    path = next(step.path for step in plan.steps if step.path[-1] == ("list", "ranker releases"))

    before = checklist.of(plan, "9000")
    after = checklist.of(plan, "9000", {path: "901"})

    assert {item.link for item in before.items} == {"https://app.clickup.com/9000"}
    assert "https://app.clickup.com/9000/v/li/901" in {sheet.link for sheet in after.items}


def test_what_nobody_foresaw_is_told_with_the_plans_reason():
    """A moved List, a view of another type: the step says what to do."""
    path = (("space", "ML"), ("list", "Serving"))
    live = Node((("space", "Old"), ("list", "Serving")), {}, "7")
    why = 'found in "Old", wanted in "ML"; drag it back'
    step = Step("manual", path, Node(path), live, why, {"place": ("Old", "ML")})

    (item,) = checklist.of(Plan("t", (step,), ""), "9000").items

    assert item.kind == "other"
    assert "Serving" in item.title
    assert "drag it back" in item.clicks[0]


def test_a_field_that_does_not_agree_is_changed_where_it_is():
    """It may be inherited: the link leads to the Space that has it."""
    want = Node((("space", "ML"), ("list", "L"), ("field", "Tier")), {"type": "number"})
    live = Node((("space", "ML"), ("field", "Tier")), {"type": "text"}, "f-1")
    space = Node((("space", "ML"),), {}, "77")
    steps = (
        Step("keep", space.path, space, space, ""),
        Step("manual", want.path, want, live, "another type", {"type": ("text", "number")}),
    )

    (item,) = checklist.of(Plan("t", steps, ""), "9000").items

    assert item.link == "https://app.clickup.com/9000/v/o/s/77"


@pytest.mark.parametrize("name", NAMES)
def test_a_person_who_follows_the_files_has_made_those_fields(name, clickup_sandbox: Sandbox):
    """Uploaded into the sandbox's importer: every column becomes the field that was wanted."""
    plan = empty_plan(name)
    types = {step.path[-1][1]: step.want.attributes["type"] for step in by_person(plan)
             if step.path[-1][0] == "field"}  # fmt: skip

    for text_of_file in checklist.of(plan, "9000").files.values():
        clickup_sandbox.control.ui_actions.import_spreadsheet("Tasks", text_of_file, types)

    created = {(field.name, field.type) for field in clickup_sandbox.control.world.fields}
    wanted_columns = {
        (name, kind) for name, kind in types.items() if kind in instructions.IMPORTABLE
    }
    files = "".join(checklist.of(plan, "9000").files.values())
    assert created == {
        wanted_column for wanted_column in wanted_columns if wanted_column[0] in files
    }
