"""What ClickUp would refuse half-way, or take for something else, is refused with the template."""

from pathlib import Path

import pytest

from clickup_mlops.errors import ContentError
from clickup_mlops.features.provisioning.template import desired, load
from clickup_mlops.features.provisioning.tree import Tree

HEAD = """
summary = "A case."
strategy = "tests"
[parameters.limit]
description = "The objective"
default = 5
[space]
name = "ML"
field = [
  { name = "P99", type = "number" },
  { name = "SLO", type = "number" },
  { name = "When", type = "date" },
  { name = "Done", type = "checkbox" },
  { name = "Stars", type = "emoji", count = 3 },
  { name = "Risk", type = "drop_down", options = ["data", "code"] },
]
[slo.P99]
objective = "SLO"
[[space.list]]
name = "Work"
status = [{ name = "todo", type = "open" }, { name = "live", type = "closed" }]
"""


def loaded(folder: Path, text: str, instance: str | None = None, **given: str) -> Tree:
    (folder / "case.toml").write_text(text)
    return desired.tree(load.load(folder, "case", given, instance=instance))


def refused(folder: Path, text: str, **given: str) -> str:
    with pytest.raises(ContentError) as caught:
        loaded(folder, HEAD + text, **given)
    return str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("P99", '"abc"', "a number"),
        ("When", '"tomorrow"', "When"),
        ("Done", '"perhaps"', "Done"),
        ("Stars", "4", "Stars"),
        ("SLO", "-1", "must be positive"),
    ],
)
def test_a_value_that_its_field_cannot_hold(
    tmp_path: Path, field: str, value: str, named: str
) -> None:
    """Number, date, check box, rating, objective: with the key."""
    message = refused(tmp_path, f'task = [{{ name = "First", fields = {{ {field} = {value} }} }}]')

    assert named in message
    assert f"space.list[Work].task[First].fields.{field}" in message


def test_a_negative_objective_from_outside(tmp_path: Path) -> None:
    """A parameter is checked like what is written."""
    task = 'task = [{ name = "First", fields = { SLO = "${limit}" } }]'

    assert "must be positive" in refused(tmp_path, task, limit="-5")


@pytest.mark.parametrize(
    ("webhook", "named"),
    [
        ('endpoint = "javascript:alert(1)"', "endpoint"),
        ('endpoint = "bot.example.org"', "endpoint"),
        ('endpoint = "https://bot.example.org", events = ["taskExploded"]', "events"),
    ],
)
def test_a_webhook_that_clickup_would_refuse(tmp_path: Path, webhook: str, named: str) -> None:
    """Address and events."""
    assert named in refused(tmp_path, f"webhook = [{{ {webhook} }}]")


@pytest.mark.parametrize(
    ("where", "condition", "named"),
    [
        ("list", 'field = "status", is = ["livee"]', 'did you mean "live"'),
        ("space", 'field = "status", is_not = ["livee"]', 'did you mean "live"'),
        ("list", 'field = "Risk", is = ["date"]', 'option of "Risk"'),
        ("list", 'field = "priority", is = ["soon"]', "no priority"),
    ],
)
def test_a_filter_that_would_show_nothing(
    tmp_path: Path, where: str, condition: str, named: str
) -> None:
    """Statuses of the place and below, options of the field, priorities."""
    place = "[[space.list.view]]" if where == "list" else "[[space.view]]"

    assert named in refused(tmp_path, f'{place}\nname = "V"\nfilter = [{{ {condition} }}]')


def test_a_filter_may_name_clickups_own_statuses(tmp_path: Path) -> None:
    """And any status, if the template gives none."""
    view = '[[space.list.view]]\nname = "V"\nfilter = [{ field = "status", is = ["closed"] }]'

    assert loaded(tmp_path, HEAD + view)


@pytest.mark.parametrize("key", ["include", "extends"])
def test_a_template_stays_in_its_folder(tmp_path: Path, key: str) -> None:
    """No path leads out of it."""
    inside = tmp_path / "templates"
    inside.mkdir()
    (tmp_path / "secret.toml").write_text('[[field]]\nname = "Secret"\ntype = "text"\n')
    names = '["../../secret"]' if key == "include" else '"../secret"'
    text = f'summary = "A case."\nstrategy = "tests"\n{key} = {names}\n[space]\nname = "ML"\n'

    with pytest.raises(ContentError, match="is a path, not a name"):
        loaded(inside, text)
    with pytest.raises(ContentError, match="is a path, not a name"):
        load.load(inside, "../secret")


def test_as_names_everything_that_the_space_names(tmp_path: Path) -> None:
    """A second Space does not adopt the channel of the first."""
    text = """
summary = "A case."
strategy = "tests"
[parameters.space]
description = "Name of the Space"
default = "ML"
[space]
name = "${space}"
channel = [{ name = "${space} talk" }]
"""
    paths = loaded(tmp_path, text, instance="Second")

    assert list(paths) == [
        (("space", "Second"),),
        (("space", "Second"), ("channel", "Second talk")),
    ]
