"""Descriptions and units of fields reach people, though ClickUp's API stores neither."""

from pathlib import Path

from clickup_mlops.features.provisioning.template import desired, load
from clickup_mlops.features.provisioning.tree import Tree

HEAD = """
summary = "A case."
strategy = "tests"
[space]
name = "ML"
field = [{ name = "P99", type = "number", unit = "ms", description = "Of | the caller." }]
"""
DOC = """
[[space.doc]]
name = "Handbook"
page = [{ name = "Start" }]
"""
LIST = """
[[space.list]]
name = "Work"
field = [{ name = "Risk", type = "text", description = "Why not." }]
"""


def loaded(folder: Path, text: str) -> Tree:
    (folder / "case.toml").write_text(HEAD + text)
    return desired.tree(load.load(folder, "case"))


def pages(want: Tree) -> dict[str, str]:
    return {node.name: node.attributes["content"] for node in want.values() if node.kind == "page"}


def test_a_page_of_the_doc_explains_the_fields(tmp_path: Path) -> None:
    """Those of the place and of the Lists below that have no Doc."""
    content = pages(loaded(tmp_path, DOC + LIST))["Custom fields"]

    assert "| P99 | ms | Of \\| the caller. |" in content
    assert "| Risk |  | Why not. |" in content


def test_a_list_with_a_doc_explains_its_own(tmp_path: Path) -> None:
    """Nothing is explained twice."""
    local = DOC.replace("space.doc", "space.list.doc").replace("Handbook", "Own")
    want = loaded(tmp_path, DOC + LIST + local)

    contents = [
        node.attributes["content"] for node in want.values() if node.name == "Custom fields"
    ]

    assert sorted(("P99" in content, "Risk" in content) for content in contents) == [
        (False, True),
        (True, False),
    ]


def test_a_page_that_the_template_writes_itself_stays(tmp_path: Path) -> None:
    """And without a Doc there is no page."""
    local = DOC.replace('{ name = "Start" }', '{ name = "custom fields", content = "Ours." }')

    assert pages(loaded(tmp_path, local)) == {"custom fields": "Ours."}
    assert pages(loaded(tmp_path, LIST)) == {}
