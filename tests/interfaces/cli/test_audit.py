"""`audit` and `undo` on the command line: what is printed, and the exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store, Write
from tests.interfaces.cli.conftest import Cli

URL = "sqlite:///clickup-mlops.db"


@pytest.fixture
def store(cli: Cli) -> Iterator[Store]:
    """Three changes by an automation, on tasks a, b and c; the last one failed."""
    with Store.open(URL) as opened:
        for number, (task, outcome) in enumerate(
            [("a", "done"), ("b", "done"), ("c", "failed")], start=1
        ):
            row = opened.journal.begin(Write(task, "priority", 4, 1, "hook:1", "bulk"), number)
            opened.journal.finish(row, outcome, number * 1_000, calls=[f"PUT /task/{task} 200"])
        yield opened


def test_the_list_is_filtered_newest_first(cli: Cli, store: Store) -> None:
    """As a table and as JSON."""
    ran = cli("audit", "list", "--until", "1970-01-01T00:00:03")
    assert [line.split()[0] for line in ran.out.splitlines()] == ["change", "2", "1"]
    assert "priority: Low -> Urgent" in ran.out

    result = json.loads(cli("audit", "list", "--task", "https://x.y/t/a", "--json").out)
    assert [entry["seq"] for entry in result["entries"]] == [1]


def test_people_are_named_as_the_directory_last_read_them(cli: Cli, store: Store) -> None:
    """Without a call; somebody who is not in it any more keeps their id."""
    for person in (7, 8):
        write = Write("a", f"assignee:{person}", False, True, "hook:1", "bulk")
        store.journal.finish(store.journal.begin(write, 9_000), "done", 9_000, calls=[])
    maria = {"id": 7, "name": "Maria", "mail": "maria@example.com"}
    people = {"at_ms": 1, "entries": [{"names": ["7", "maria"], "people": [maria]}]}
    store.cursors.set("directory:people:1", json.dumps(people))
    store.flush()

    rows = cli("audit", "list").out.splitlines()[1:3]
    assert ["+ assignee 8" in rows[0], "+ assignee Maria" in rows[1]] == [True, True]


def test_one_change_is_shown_whole(cli: Cli, store: Store) -> None:
    """With the calls that it took; an unknown one is said."""
    assert "PUT /task/b 200" in cli("audit", "show", "2").out
    ran = cli("audit", "show", "9")
    assert (ran.code, "no change 9" in ran.err) == (1, True)


def test_a_tampered_row_is_named_and_ends_with_1(cli: Cli, store: Store) -> None:
    """The store's and an export's."""
    assert cli("audit", "verify").out.startswith("Intact: 3 changes")
    assert cli("audit", "export", "out.jsonl").code == 0
    assert cli("audit", "verify", "--file", "out.jsonl").code == 0

    with store.engine.begin() as connection:
        connection.execute(text("update audit set automation = 'somebody else' where seq = 2"))
    ran = cli("audit", "verify")
    assert (ran.code, ran.out.splitlines()[0]) == (
        1,
        "Broken: entry 2 is not what was written: changed, or moved from another place.",
    )

    export = Path("out.jsonl")
    export.write_text(export.read_text().replace('"after": 1', '"after": 2', 1))
    assert json.loads(cli("audit", "verify", "--file", "out.jsonl", "--json").out)["change"] == 1


def test_anchors_in_a_file_find_a_record_that_was_shortened(cli: Cli, store: Store) -> None:
    """Each look adds one; the same is not added twice."""
    for _ in range(2):
        assert cli("audit", "verify", "--anchors", "anchors.txt").code == 0
    (line,) = Path("anchors.txt").read_text().splitlines()
    with store.engine.begin() as connection:
        connection.execute(text("delete from audit where seq = 3"))
        connection.execute(
            text("update audit_head set seq = 2, hash = (select hash from audit where seq = 2)")
        )

    assert cli("audit", "verify").code == 0
    assert cli("audit", "verify", "--anchors", "anchors.txt").code == 1
    assert cli("audit", "verify", "--anchor", line).code == 1
    assert cli("audit", "verify", "--anchor", "3").code == 1


def test_a_key_from_the_environment_signs_and_is_needed_to_verify(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does not know it is told which one is missing."""
    monkeypatch.setenv("CLICKUP_MLOPS_AUDIT__KEY", "k" * 32)
    from clickup_mlops.store import Keyring

    with Store.open(URL, keys=Keyring("k" * 32)) as opened:
        opened.journal.finish(opened.journal.begin(Write("a", "x", 1, 2, "e", "r"), 1), "done", 2)
    ran = cli("audit", "verify")
    assert (ran.code, "signed from change 1 on" in ran.out) == (0, True)

    monkeypatch.setenv("CLICKUP_MLOPS_AUDIT__KEY", "other")
    ran = cli("audit", "verify")
    assert (ran.code, "not known" in ran.out) == (1, True)
    assert "kkkk" not in ran.out + ran.err


def test_undo_looks_then_acts_and_says_how_to_take_it_back(
    connected: Cli, clickup_sandbox: Sandbox
) -> None:
    """Exit codes: 2 if there is something to undo, 0 when it is done, else 1."""
    control = clickup_sandbox.control
    (task,) = control.add_tasks("Tasks", [{"name": "t", "priority": 1}])
    with Store.open(URL) as store:
        row = store.journal.begin(Write(task, "priority", 4, 1, "hook:1", "bulk"), 1)
        store.journal.finish(row, "done", 2)

    assert connected("undo", "bulk").code == 1
    looked = connected("undo", "bulk", "--since", "1970-01-01")
    assert (looked.code, control.task(task)["priority"]["id"]) == (2, "1")
    outcome = connected("undo", "bulk", "--since", "1970-01-01", "--yes")
    assert (outcome.code, control.task(task)["priority"]["id"]) == (0, "4")

    *_, run, yes = outcome.out.split()
    again = json.loads(connected("undo", run, yes, "--json").out)
    assert [change["state"] for change in again["changes"]] == ["undone"]
    assert control.task(task)["priority"]["id"] == "1"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("undo", "nobody"), "no change is recorded for 'nobody'"),
        (("undo", "1", "--since", "1d"), "no change is recorded for '1' within these limits"),
        (("undo", "change:99"), "no change is recorded"),
        (("undo", "1", "--since", "soon"), "--since soon: not a time"),
        (("audit", "verify", "--anchor", "5:abc"), "not an anchor"),
    ],
)
def test_what_cannot_be_meant_is_said(
    connected: Cli, store: Store, arguments: tuple[str, ...], says: str
) -> None:
    """With exit code 1."""
    ran = connected(*arguments)
    assert (ran.code, says in ran.err) == (1, True)
