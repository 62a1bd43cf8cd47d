"""What the timeline says of a deployment: its revision, and that it is a roll-back."""

from typing import Any

import pytest

from clickup_mlops.bot.handle.results.deployments import with_revision
from clickup_mlops.store.tables.timeline import Entry

SHA = "4f2a9c81d0e7b6354f2a9c81d0e7b6354f2a9c81"


def deployed(number: int, text: str = "ranker: succeeded", **value: Any) -> Entry:
    """A deployment of the app `ranker`, unless `value` says otherwise."""
    facts = {"app": "ranker", "state": "succeeded", **value}
    return Entry(f"e{number}", "w", "t1", number, "deployment", text, value=facts)


def texts(*entries: Entry) -> list[str]:
    """What is said of each, given those before it."""
    return [with_revision(entry, entries[:number]).text for number, entry in enumerate(entries)]


def test_a_revision_is_named_and_a_return_to_an_earlier_one_is_a_roll_back() -> None:
    """However often each is reported."""
    revisions = ("v1", "v1", "v2", "v2", "v1", "v1", "v3")
    entries = [deployed(number, revision=revision) for number, revision in enumerate(revisions)]
    back = "ranker: succeeded, roll-back to revision v1"
    assert texts(*entries) == [
        *["ranker: succeeded, revision v1"] * 2,
        *["ranker: succeeded, revision v2"] * 2,
        *[back] * 2,
        "ranker: succeeded, revision v3",
    ]
    assert with_revision(entries[4], entries[:4]).value["rollback"] is True
    assert "rollback" not in with_revision(entries[6], entries[:6]).value


def test_another_app_or_environment_is_another_deployment() -> None:
    """The same revision reaches production after staging."""
    first = deployed(0, revision="v1", environment="production")
    staging = deployed(1, revision="v2", environment="staging")
    other_entry = deployed(2, revision="v1", app="embedder")
    last = deployed(3, revision="v2", environment="production")
    assert not any("roll-back" in text for text in texts(first, staging, other_entry, last))


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ({"commit": SHA}, "ranker: succeeded, revision 4f2a9c81d0"),
        ({"ref": "v7"}, "ranker: succeeded, revision v7"),
        ({"revision": "r1", "commit": SHA}, "ranker: succeeded, revision r1"),
        ({"description": "Rollback after errors"}, "ranker: succeeded, roll-back"),
        ({"type": "deployment.rolled_back", "version": "7"}, "roll-back to revision 7"),
        ({}, "ranker: succeeded"),
    ],
)
def test_it_is_named_as_the_tool_names_it(value: dict[str, str], title: str) -> None:
    """A hash is shortened; a tool may say itself that it is a roll-back."""
    assert with_revision(deployed(0, **value), ()).text.endswith(title)


def test_other_entries_stay_as_they_are() -> None:
    """Their texts have no revision."""
    entry = Entry("e", "w", "t1", 1, "version", "ranker 3", value={"version": "3"})
    assert with_revision(entry, ()) is entry
