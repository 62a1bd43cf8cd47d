"""The JSON Schema that editors use."""

import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from clickup_mlops import content
from clickup_mlops.features.provisioning.template import schema

CASES = Path(__file__).parents[3] / "cases" / "provision" / "templates"
TEMPLATES = [
    *content.list_toml_files(content.find_folder("templates")),
    *content.list_toml_files(CASES),
]


def mistakes(text: str, described: dict[str, Any]) -> list[str]:
    check = jsonschema_rs.validator_for(described)
    return [iter_error.message for iter_error in check.iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_template_fits(path):
    """No editor marks what the bot accepts."""
    assert mistakes(path.read_text(), schema.of_template()) == []


def test_every_part_fits():
    """Parts hold the keys of a place."""
    for path in content.list_toml_files(CASES / "parts"):
        assert mistakes(path.read_text(), schema.of_part()) == []


HEAD = 'summary = "s"\nstrategy = "n"\n'


@pytest.mark.parametrize(
    "text",
    [
        HEAD + '[space]\nname = "ML"\ncolour = "red"\n',
        HEAD + '[[space.field]]\ntype = "number"\n',
        HEAD + '[[space.view]]\nname = "V"\ntype = "kanban"\n',
        HEAD + '[[space.field]]\nname = "F"\nprecision = "two"\n',
        'strategy = "n"\n',
    ],
)
def test_mistakes_are_marked(text):
    """Unknown keys, missing names, wrong words and types, no summary."""
    assert mistakes(text, schema.of_template())


def test_a_parameter_may_stand_for_any_value():
    """Numbers, truth values, colours and words are filled in later."""
    text = HEAD + '[space]\nprivate = "${hidden}"\ncolor = "${color}"\n'
    text += '[[space.field]]\nname = "F"\nprecision = "${digits}"\ntype = "${kind}"\n'

    assert mistakes(text, schema.of_template()) == []


def test_every_key_is_explained():
    """Hovering over a key in an editor tells what it means."""
    described = schema.of_template()
    tables = [described, *described["$defs"].values()]

    bare = [
        (table["title"], key)
        for table in tables
        if table.get("title") in ("Template", "Space", "List", "View", "CustomField", "Task")
        for key, one in table["properties"].items()
        if not one.get("description")
    ]
    assert bare == []
