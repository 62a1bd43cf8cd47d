"""XML of other tools: Jira's issues and Microsoft Project; and files that attack their reader."""

import tempfile
import time
from contextlib import suppress
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.sources._files import xml
from clickup_mlops.json_types import Json
from tests.features.migration.sources.reading import SAMPLES, read

JIRA = SAMPLES / "jira" / "issues.xml"


def test_jira_issues_of_xml_have_all_that_is_in_them() -> None:
    """People, epics above, links, texts, times, custom fields."""
    export = read("jira", JIRA)
    item = export.item("Tune the batch size")
    titles = {column.id: column.title for column in export.board.columns}

    assert (item.parent_id, item.created_ms) == ("ML-1", 1_741_794_300_000)
    assert "Goal" in item.description and "**Faster** than v1" in item.description
    assert {titles[id]: cell.value for id, cell in item.cells.items()} == {
        "Status": "In Production",
        "Priority": "High",
        "Issue Type": ["Task"],
        "Assignee": [{"id": "acc-2", "kind": "person"}],
        "Reporter": [{"id": "acc-1", "kind": "person"}],
        "Due date": {"date": "2025-03-20", "time": None},
        "Labels": ["gpu", "llm"],
        "Fix versions": ["1.0"],
        "Clouds": ["AWS", "GCP"],
        "Reviewed on": {"date": "2025-03-14", "time": "10:30:00"},
        "Original Estimate (hours)": "1",
        "Votes": "3",
        "Time Spent": {"seconds": 7200, "running": False, "entries": []},
        "Blocked by": [{"item": "ML-1", "type": "FS", "lag_days": 0}],
        "Relates": [{"item": "OPS-1", "board": "OPS", "name": "OPS-1"}],
        "Attachments": [
            {
                "url": "https://jira.test/secure/attachment/1/log%201.txt",
                "name": "log 1.txt",
                "kind": "",
            }
        ],
    }
    (comment,) = export.updates
    assert (comment.author, comment.html) == ("acc-2", "<p>Well <em>done</em></p>")
    assert export.options("Status") == {"In Production": True, "To Do": False}
    assert [loss.example for loss in item.losses] == ['["Sprint 1","Sprint 2"]', "5"]
    assert export.problems == []


def test_a_plan_of_microsoft_project_has_all_that_is_in_it() -> None:
    """Levels, people, dates, dependencies with their lag, custom fields."""
    export = read("ms_project", SAMPLES / "ms_project" / "plan.xml")
    titles = {column.id: column.title for column in export.board.columns}
    order, rack = export.item("Order GPUs"), export.item("Rack them")

    assert export.board.name == "GPU cluster"
    assert [(item.id, item.parent_id) for item in export.items] == [
        ("1", None),
        ("2", "1"),
        ("4", "1"),
    ]
    assert order.description == "Ask two vendors."
    assert {titles[id]: cell.value for id, cell in order.cells.items()} == {
        "Status": "Complete",
        "Resources": [{"id": "1", "kind": "person"}],
        "Materials and costs": ["Cables"],
        "Start date": {"date": "2026-06-01", "time": "08:00:00"},
        "Due date": {"date": "2026-06-02", "time": "17:00:00"},
        "Deadline": {"date": "2026-06-03", "time": "17:00:00"},
        "Duration (hours)": "16.5",
        "Work (hours)": "8",
        "Percent complete": "100",
        "Priority (0 to 1000)": "700",
        "Cost": "1250.5",
        "WBS": "1.1",
        "Hyperlink": {"url": "https://vendor.test/quote", "text": "Quote"},
        "Rack": "R7",
    }
    assert rack.cells["predecessors"].value == [{"item": "2", "type": "FS", "lag_days": 2}]
    assert rack.cells["constraint"].value == "Start no earlier than 2026-06-03T08:00:00"
    assert rack.cells["milestone"].value is True
    assert export.people["1"].email == "ada@x.test"
    assert export.problems == ["task 4: a predecessor of another project is left out: site.mpp\\9"]
    archived = read("ms_project", SAMPLES / "ms_project" / "plan.xml", archived=True)
    assert "Old idea" in {item.name for item in archived.items}


ENTITY = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel>&a;</channel></rss>'
BOMB = (
    '<!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]><rss><channel>&a11;</channel></rss>"
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (ENTITY, "declares a document type"),
        (BOMB, "declares a document type"),
        ('<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss/>', "declares a document type"),
        ("<rss>&unknown;</rss>", "no whole XML"),
        ("<a>" * 100_000, "levels deep"),
        ("<rss><channel>", "no whole XML"),
        ("", "no whole XML"),
        ('<?xml version="1.0" encoding="nothing"?><rss/>', "encoding"),
        ("<rss/>", "no RSS"),
        ("<rss><channel/></rss>", "has no issue"),
    ],
)
def test_a_file_that_attacks_or_is_none_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    """At once, and with its name."""
    path, began = tmp_path / "a.xml", time.process_time()
    path.write_text(content)

    with pytest.raises(ContentError, match=message) as caught:
        read("jira", path)
    assert "a.xml" in str(caught.value)
    assert time.process_time() - began < 2


def test_attachments_of_an_issue_with_a_malformed_address_are_read(tmp_path: Path) -> None:
    """Their names are there; where they are is not known."""
    file = tmp_path / "issues.xml"
    text = JIRA.read_text(encoding="utf-8")
    file.write_text(text.replace("<link>https://jira.test", "<link>https://[jira"))
    cells = read("jira", file).item("Tune the batch size").cells
    (attached,) = cells["attachment"].value

    assert (attached["name"], attached["url"][:8]) == ("log 1.txt", "/secure/")


def test_each_element_of_a_record_is_read_once() -> None:
    """However deep names repeat: sixteen levels of two would else be four billion readings."""
    element = Element("leaf")
    element.text = "x"
    record: Json = "x"
    for _ in range(16):
        above = Element("level")
        above.extend([element, element])
        element, record = above, {element.tag: [record, record]}

    assert xml.record_of(element) == record


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_JSON", 10)

    with pytest.raises(ContentError, match="split the export"):
        read("jira", JIRA)


@pytest.mark.parametrize("kind", ["jira", "ms_project"])
@given(data=st.data())
def test_any_part_of_a_file_may_be_missing_or_odd(kind: str, data: st.DataObject) -> None:
    """There is no other error than ContentError."""
    text = next((SAMPLES / kind).glob("*.xml")).read_bytes()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 200)))
    second = data.draw(st.sampled_from([b"", b"\xff", b"9" * 5000, b"-1", b"&lt;", b"\xc3\xa9"]))
    with tempfile.TemporaryDirectory() as folder, suppress(ContentError):
        path = Path(folder) / "a.xml"
        path.write_bytes(text[:start] + second + text[end:])
        read(kind, path)
