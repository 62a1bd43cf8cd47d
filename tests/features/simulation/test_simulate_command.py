"""`automations simulate` and `automations recording`: what is printed, and files that cannot be
used.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.bot.internal_events import OWN
from clickup_mlops.features.simulation.tables.recordings import Recorded, Recording, Recordings
from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli

NOW_MS = 1_795_680_000_000
UNTIL = "2036-01-01"
AUTOMATION = """
summary = "Marks what is done."
on = ["integration:mlflow.run_finished"]
when = 'event.data.loss < 0.5'
do = [{ action = "add_tag", tag = "done" }]
[[example]]
name = "a good run"
data = { loss = 0.1 }
expect = [{ action = "add_tag" }]
[[example]]
name = "a bad run"
data = { loss = 0.9 }
expect = []
"""


def recording(number: int, name: str, *, priority: int | None = None) -> Recording:
    """A task was made; a second apart."""
    at_ms = NOW_MS + number * 1_000
    item = {"id": str(number), "type": 1, "field": "task_creation", "date": str(at_ms)}
    item |= {"user": {"id": 7}, "parent_id": "1", "before": None, "after": None}
    task_id = f"t{number}"
    body = {"event": "taskCreated", "task_id": task_id, "webhook_id": "w", "history_items": [item]}
    task: dict[str, Any] = {
        "id": task_id,
        "name": name,
        "list": {"id": "1", "name": "Work"},
        "status": {"status": "to do", "type": "open"},
        "priority": priority and {"id": str(priority)},
        "tags": [{"name": name.split()[0].lower()}],
        "date_created": str(at_ms),
        "date_updated": str(at_ms),
    }
    return Recording(task_id, at_ms, (Recorded(f"w:{number}", body),), task)


@pytest.fixture
def recorded(cli: Cli) -> Iterator[Store]:
    """An inference task, a training task, and one that needs nothing."""
    with Store.open("sqlite:///clickup-mlops.db") as store:
        store.table(Recordings).put(recording(1, "Inference <b>ranker</b>"))
        store.table(Recordings).put(recording(2, "Training ranker"))
        store.table(Recordings).put(recording(3, "Inference normal", priority=3))
        store.flush()
        yield store


def test_the_simulation_says_what_would_have_been_done(cli: Cli, recorded: Store) -> None:
    """In figures, as JSON, and as a page on which task titles are text."""
    ran = cli(
        "automations", "simulate", "--since", "3650d", "--until", UNTIL, "--html", "page.html"
    )

    assert ran.code == 0
    assert "2  tasks changed" in ran.out
    assert "inference_first" in ran.out
    page = Path("page.html").read_text(encoding="utf-8")
    assert "Inference &lt;b&gt;ranker&lt;/b&gt;" in page
    assert "<b>ranker" not in page
    assert "http" not in page  # nothing is loaded from elsewhere

    result = json.loads(cli("automations", "simulate", "--since", "3650d", "--json").out)
    assert result["calls"]["writes"] == result["changed_tasks"] == 2
    assert recorded.journal.list() == []


def test_a_file_of_recordings_gives_the_same(cli: Cli, recorded: Store) -> None:
    """Also where there is no store."""
    assert cli("automations", "recording").out.startswith("3 recordings from 2026-11-26")
    assert cli("automations", "recording", "--output", "out.jsonl").code == 0
    local = json.loads(cli("automations", "simulate", "--since", "3650d", "--json").out)
    recorded.close()
    Path("clickup-mlops.db").unlink()

    ran = cli("automations", "simulate", "--since", "3650d", "--input", "out.jsonl", "--json")
    result = json.loads(ran.out)
    assert {**result, "until_ms": 0} == {**local, "until_ms": 0}
    assert not Path("clickup-mlops.db").exists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 1: no JSON"),
        ('{"task_id": "a", "at_ms": 1}', "line 1: events: Field required"),
        ('{"task_id": "a", "at_ms": 1, "events": [], "task": {"id": "b"}}', "task.id is not a"),
        ('{"task_id": "a", "at_ms": 1, "events": [{"key": "k"}]}', "events.0.body"),
    ],
)
def test_a_line_that_is_wrong_is_named(cli: Cli, line: str, says: str) -> None:
    """With file, line and key."""
    Path("in.jsonl").write_text(line + "\n", encoding="utf-8")
    ran = cli("automations", "simulate", "--input", "in.jsonl")

    assert ran.code == 1
    assert "in.jsonl" in ran.err
    assert says in ran.err


def test_a_file_that_is_missing_is_named(cli: Cli, recorded: Store) -> None:
    """Not taken for the name of an automation."""
    ran = cli("automations", "simulate", "draft.toml")

    assert (ran.code, ran.err) == (
        1,
        "Error: draft.toml: No such file\nHint: Name a file, or an automation.\n",
    )


def test_nothing_to_simulate_over_is_said(cli: Cli, recorded: Store) -> None:
    """With the way out; an existing file is not overwritten."""
    ran = cli("automations", "simulate", "--since", "1970-01-01", "--until", "1970-01-02")
    assert (ran.code, "nothing is recorded for that time" in ran.err) == (1, True)
    Path("out.jsonl").touch()
    ran = cli("automations", "recording", "--output", "out.jsonl")
    assert (ran.code, "out.jsonl" in ran.err) == (1, True)


def test_reports_of_other_systems_are_heard_again(cli: Cli, recorded: Store) -> None:
    """As far as they found a task then."""
    Path("done.toml").write_text(AUTOMATION, encoding="utf-8")
    created = recording(4, "Training run 7")
    kind = "integration:mlflow.run_finished"
    body = {
        "event": kind,
        "webhook_id": OWN,
        "automation": "",
        "task_id": "t4",
        "data": {"loss": 0.1},
    }
    recorded.recordings.put(replace(created, events=(*created.events, Recorded("mlflow:1", body))))
    recorded.flush()

    ran = cli(
        "automations", "simulate", "done.toml", "--since", "3650d", "--until", UNTIL, "--json"
    )
    assert [action["after"] for action in json.loads(ran.out)["actions"]] == [True]
