"""What ships in `templates/`: it loads, it agrees with itself, and a team could use it as it is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops import content
from clickup_mlops.features.provisioning import reference
from clickup_mlops.features.provisioning.manual.instructions import ui_type
from clickup_mlops.features.provisioning.template import load
from clickup_mlops.features.provisioning.template.model import (
    COLUMNS,
    Folder,
    List,
    Place,
    Space,
    Task,
    Template,
)
from clickup_mlops.routing.decision import WORKLOADS

FOLDER = content.find_folder("templates")
NAMES = load.names(FOLDER)
WORK = [name for name in NAMES if name != "base"]
AUTOMATIONS = [path.stem for path in content.list_toml_files(content.find_folder("automations"))]
COMMON = [
    "Workload",
    "Model",
    "Model version",
    "Accuracy",
    "P50 latency ms",
    "P99 latency ms",
    "Throughput",
    "SLO latency ms",
    "Error rate %",
    "Environment",
    "Cluster",
    "GPU hours",
    "RoCE utilisation %",
    "Load-balance efficiency %",
]
INSTANCE = {"space": "Elsewhere & more"}


@pytest.fixture(params=NAMES)
def template(request: pytest.FixtureRequest) -> Template:
    return load.load(FOLDER, request.param, automations=AUTOMATIONS)


@pytest.fixture(params=WORK)
def work(request: pytest.FixtureRequest) -> Template:
    return load.load(FOLDER, request.param, automations=AUTOMATIONS)


def places(template: Template) -> Iterator[Place]:
    space = template.space
    yield space
    yield from space.list
    for folder in space.folder:
        yield folder
        yield from folder.list


def lists(template: Template) -> list[List]:
    return [place for place in places(template) if isinstance(place, List)]


def own_lists(template: Template) -> list[List]:
    return [task_list for folder in template.space.folder for task_list in folder.list]


def tasks(parents: tuple[Task, ...]) -> Iterator[Task]:
    for task in parents:
        yield task
        yield from tasks(task.subtask)


# Whole and sound


def test_the_kinds_of_work_of_an_ml_team_are_covered():
    """From data to serving, and what surrounds them."""
    assert set(NAMES) >= {
        "base",
        "batch_inference",
        "data_pipeline",
        "distributed_training",
        "feature_store",
        "fine_tuning",
        "governance",
        "gpu_cost",
        "infra_change_board",
        "llm_serving",
        "model_monitoring",
        "postmortems",
        "progressive_rollout",
        "rag_agents",
        "realtime_inference",
    }


def test_every_template_loads_and_names_only_what_exists(template):
    """Columns, groups, filters, waits, objectives, bindings and automations: all are there."""
    assert template.summary


def test_the_common_fields_are_in_every_template(template):
    """Dashboards and routing can rely on them, with the same type everywhere."""
    base = {template_.name: template_ for template_ in load.load(FOLDER, "base").space.field}
    fields = {field.name: field for field in template.space.field}

    assert set(COMMON) <= set(fields)
    assert {name: fields[name] for name in base} == base


def test_filters_by_status_name_statuses_of_their_list(template):
    """A filter on a status that is not there would show nothing for ever."""
    inherited = {status.name for status in template.space.status}
    for task_list in lists(template):
        existing = {status.name for status in task_list.status} or inherited
        for view in task_list.view:
            for condition in (f for f in view.filter if f.field == "status"):
                assert set(condition.is_ + condition.is_not) <= existing, (
                    task_list.name,
                    view.name,
                )


def test_tasks_carry_only_tags_of_the_space(template):
    """Otherwise ClickUp would make new ones in passing."""
    names = {tag.name for tag in template.space.tag}
    for task_list in lists(template):
        assert {tag for task in tasks(task_list.task) for tag in task.tags} <= names


def test_statuses_begin_open_and_end_closed(template):
    """As ClickUp wants them: one open first, one closed last, and its groups in their order."""
    groups = ["open", "custom", "done", "closed"]
    for place in places(template):
        kinds = [task.type for task in place.status]
        if kinds:
            assert kinds == sorted(kinds, key=groups.index), place.name
            assert (kinds.count("open"), kinds.count("closed")) == (1, 1), place.name


def test_names_fit_into_clickup(template):
    """Space names have 32 characters at most; no name is left with a parameter in it."""
    assert len(template.space.name) <= 32
    for place in places(template):
        assert "${" not in place.name


def test_parameters_are_told_and_have_values_to_try(template):
    """Every template can be planned as it is, before anybody has read its parameters."""
    for name, parameter in template.parameters.items():
        assert parameter.description, name
        assert parameter.default is not None, name


@pytest.mark.parametrize("name", WORK)
def test_two_instances_share_the_space_and_nothing_else_of_their_own(name):
    """The first parameter of its own names the instance: no Folder or List is in both."""
    base = set(load.headline(FOLDER, "base").parameters)
    parameters = [
        parameter for parameter in load.headline(FOLDER, name).parameters if parameter not in base
    ]
    first, second = (load.load(FOLDER, name, {parameters[0]: value}) for value in ("alpha", "beta"))

    assert first.space.name == second.space.name
    assert first.space.field == second.space.field
    for kind in (Folder, List):
        mine, yours = (
            {place.name for place in places(plan) if isinstance(place, kind)}
            for plan in (first, second)
        )
        shared = mine & yours
        assert shared <= {"Intake"}, name


@pytest.mark.parametrize("name", NAMES)
def test_another_space_can_be_named(name):
    """With `--set space=`; a name with blanks and signs is a name like any other."""
    moved = load.load(FOLDER, name, INSTANCE)

    assert moved.space.name == INSTANCE["space"]


# Of use as it is


def test_every_template_has_a_strategy_and_a_routing_policy_that_fits(work):
    """Its Lists have a known workload, and the policy accepts them."""
    assert work.strategy
    assert set(work.routing.lists) <= {task_list.name for task_list in own_lists(work)}
    assert set(work.routing.lists.values()) <= set(WORKLOADS)
    assert len(work.routing.lists) == len(own_lists(work))


def test_objectives_and_bindings_point_at_number_fields(template):
    """A measured field is one that a number can be written to."""
    fields = {field.name: field for place in places(template) for field in place.field}
    for name in template.metrics:
        assert fields[name].type in ("number", "manual_progress", "currency"), name
    for metric, objective in template.slo.items():
        assert {fields[metric].type, fields[objective.objective].type} == {"number"}


def test_numbers_have_a_unit(template):
    """In the field, and so in the manual steps."""
    for place in places(template):
        for field in place.field:
            assert field.type != "number" or field.unit, (place.name, field.name)


def test_every_list_has_guidance_views_with_columns_and_a_task_to_begin_with(work):
    """Nobody opens an empty List and wonders what it is for."""
    common = {field.name for field in work.space.field}
    for place in own_lists(work):
        assert len(place.description) >= 80, place.name
        assert len(place.view) >= 2, place.name
        columns = {column for view in place.view for column in view.columns}
        names = {field.name for field in place.field}
        assert columns & (names | common) - set(COLUMNS), place.name


def test_every_template_has_steps_with_checklists_dates_and_an_order(work):
    """Starter tasks say what to do, when, and what comes first."""
    result = [task for task_list in own_lists(work) for task in tasks(task_list.task)]

    assert sum(bool(task.checklist) for task in result) >= 2
    assert all(task.due_in is not None for task in result)
    assert all(task.description or task.name for task in result)
    assert sum(len(items) for task in result for items in task.checklist.values()) >= 8


def test_a_task_is_not_due_before_what_it_waits_for(template):
    """The dates of a template make a plan that can be kept."""
    for task_list in lists(template):
        due = {task.name: task.due_in for task in tasks(task_list.task)}
        for task in tasks(task_list.task):
            for second in task.waits_for:
                assert due[task.name] >= due[second], (task.name, second)


def test_every_template_has_a_handbook(work):
    """A runbook or its like, with more than a title."""
    pages = [page for place in places(work) for doc in place.doc for page in doc.page]

    assert len(pages) >= 2
    for page in pages:
        assert page.content.startswith("# "), page.name
        assert len(page.content) > 150, page.name


def test_every_field_says_what_goes_in(template):
    """In words, and a number in its unit or in its description."""
    for place in places(template):
        for task in place.field:
            assert len(task.description) >= 10, task.name
            assert ui_type(task.type) != task.type, task.name


@pytest.mark.parametrize("path", content.list_toml_files(FOLDER), ids=lambda path: path.stem)
def test_no_filler(path: Path):
    """No empty promises, and no address or name of anybody."""
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\b(TODO|TBD|FIXME|lorem|foo|xxx)\b", text, re.IGNORECASE)
    assert not re.search(r"https?://(?!example)", text)


# The reference page


@pytest.mark.parametrize("name", NAMES)
def test_its_section_names_every_list_field_and_page_of_its_own(name):
    """What the base has is not repeated; what is new is all there."""
    base = load.load(FOLDER, "base")
    template_ = load.load(FOLDER, name)
    extends = "" if name == "base" else "base"

    text = "\n".join(reference.section(name, template_, extends, base if extends else None))

    for place in places(template_):
        inherited = place.name == "Intake" and extends
        if isinstance(place, Space) or inherited:
            continue
        assert f"“{place.name}”" in text
        for field in place.field:
            assert f"{field.name} (" in text
        for doc in place.doc:
            assert all(page.name in text for page in doc.page)
    assert ("Intake" in text) is not bool(extends)
