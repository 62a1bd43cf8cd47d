"""ClickUp takes what the converters make: the samples of every type, on the sandbox over HTTP."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from clickup_mlops.clickup import blocks
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.features.migration.columns._model import ColumnType, Sample, Target
from clickup_mlops.features.migration.columns._samples import KnownPeople
from clickup_mlops.features.migration.comments import comment
from clickup_mlops.features.migration.convert import column_types
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.records import Update
from clickup_mlops.sandbox import Sandbox

TYPES: dict[str, ColumnType] = column_types()
WRITTEN_LATER = ("dependencies", "links", "files", "time", "none")
SAMPLES = [
    (name, number, target)
    for name, kind in TYPES.items()
    for number, sample in enumerate(kind.samples)
    for target in kind.targets(sample.column)
    if target.slot not in WRITTEN_LATER and target.type not in ("tasks", "list_relationship")
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all: each value has a field of its own."""
    from clickup_mlops.sandbox import running

    with running(rate_limit=0) as result:
        yield result


@pytest.fixture(scope="module")
def clickup(sandbox: Sandbox) -> Iterator[ClickUp]:
    with ClickUp(sandbox.token, base_url=sandbox.url) as client:
        yield client


def _people(sandbox: Sandbox) -> KnownPeople:
    ids = [member.id for member in sandbox.control.members]
    return KnownPeople({"1": ids[0], "3": ids[1]}, {"9": "Infra"}, {"9": ("1", "3")})


def _field(sandbox: Sandbox, target: Target, name: str) -> None:
    options = [text for text, _color in target.options]
    config = {key: value for key, value in target.settings.items() if key == "count"}
    sandbox.control.create_field(name, target.type, choices=options, config=config or None)


@pytest.mark.parametrize(("name", "number", "target"), SAMPLES)
def test_the_value_is_in_the_task_as_it_was_sent(sandbox, clickup, name, number, target) -> None:
    """One call creates the task with all its values, and the same values are read back."""
    sample: Sample = TYPES[name].samples[number]
    field = f"{name} {number} {target.type}"
    choice = replace(sample.choice, slot=target.slot, name=field, type=target.type)
    conversion = TYPES[name].convert(sample.cell, sample.column, choice, _people(sandbox))
    list_id, attributes = sandbox.control.list_id("Tasks"), dict(conversion.attributes)
    if "status" in attributes:
        status = attributes["status"]
        sandbox.control.set_statuses("Tasks", [{"status": status, "type": "open"}])
    values = []
    if conversion.value is not None:
        _field(sandbox, target, field)
        values = [
            (clickup_field, conversion.value)
            for clickup_field in clickup.fields.of_list(list_id)
            if clickup_field.name == field
        ]

    task = clickup.tasks.create(
        list_id, field, markdown="\n\n".join(conversion.lines), fields=values, **attributes
    )

    read = clickup.tasks.get(task.id)
    assert conversion.value is None or read.field(field) == conversion.value
    if "due_ms" in attributes:
        assert read.due_ms == attributes["due_ms"]


def test_a_comment_shows_what_the_update_said(clickup, sandbox) -> None:
    """Author, time and text, with a mention of a member."""
    people = _people(sandbox)
    (task_id,) = sandbox.control.add_tasks("Tasks", [{"name": "p99"}])
    html = "<p>2*3 <b>is</b> <a data-mention-id='1'>@Ann</a></p><ul><li>x</li></ul>"
    update = Update("u1", "i1", html, author_name="Ann Lee", created_ms=1780304400000)

    step, _losses = comment(update, Mapping(name="m", source={"kind": "monday"}), people)
    clickup.comments.add(task_id, blocks.from_markdown(step.markdown))

    (result,) = clickup.comments.of_task(task_id)
    assert result.text.startswith("Ann Lee · 2026-06-01 09:00 UTC")
    assert blocks.is_shown(blocks.from_markdown(step.markdown), result.text)
