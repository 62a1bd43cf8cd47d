"""`mutes`: which automation leaves which task alone; `undo` tells what it mutes."""

import json
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Mute, Store, Write
from clickup_mlops.store.journal_rows import DONE
from tests.interfaces.cli.conftest import Cli

LATER_MS = 2**42
URL = "sqlite:///clickup-mlops.db"


@pytest.fixture
def muted(cli: Cli) -> Cli:
    """An undo on two tasks, one of which got a priority back, and a `/mute`."""
    with Store.open(URL) as store:
        for task in ("t1", "t2"):
            store.mutes.put(Mute(task, "inference_first", LATER_MS, "undo", "Ana"))
        store.mutes.put(Mute("t2", "live_incident", LATER_MS, "/mute", "Bo", "a drill"))
        store.overrides.put("t1", 2, None, 1, LATER_MS, set_by="undo", user_name="Ana")
        store.overrides.put("t2", 2, 7, 1, LATER_MS, user_name="Bo")
    return cli


def test_mutes_are_listed(muted: Cli) -> None:
    """With whose word it was, and why."""
    out = muted("mutes", "list").out
    assert "2109-05-15" in out and "a drill" in out and "/mute" in out

    assert muted("mutes", "list", "--task", "t3").out == "No automation is muted on task t3.\n"
    (mute,) = json.loads(muted("mutes", "list", "--task", "#t1", "--json").out)["mutes"]
    assert (mute["automation"], mute["set_by"], mute["user_name"]) == (
        "inference_first",
        "undo",
        "Ana",
    )


def test_a_mute_is_ended_on_one_task_or_on_all(muted: Cli) -> None:
    """With --release also what an undo keeps, but never what a person chose."""
    assert muted("mutes", "end", "inference_first", "--task", "t2").out == "t2\n"
    ended = json.loads(muted("mutes", "end", "inference_first", "--release", "--json").out)
    assert ended == {"unmuted": ["t1"]}
    assert "not muted on any task" in muted("mutes", "end", "inference_first").out
    misspelt = muted("mutes", "end", "inference_frist")
    assert misspelt.code == 1
    assert 'Did you mean "inference_first"?' in misspelt.err

    with Store.open(URL) as store:
        assert [mute.automation for mute in store.mutes.list(1)] == ["live_incident"]
        assert [override.task_id for override in store.overrides.list(1)] == ["t2"]


def test_undo_says_what_it_mutes(connected: Cli, clickup_sandbox: Sandbox) -> None:
    """Until when, and how to end that; the preview says what would be."""
    (task,) = clickup_sandbox.control.add_tasks("Tasks", [{"name": "t", "priority": 1}])
    with Store.open(f"sqlite:///{Path('clickup-mlops.db')}") as store:
        row = store.journal.begin(Write(task, "priority", 4, 1, "e", "inference_first"), 1)
        store.journal.finish(row, DONE, 2)
    would = connected("undo", "change:1").out
    assert "inference_first would be muted on 1 task until" in would

    out = connected("undo", "change:1", "--yes").out
    assert "inference_first is muted on 1 task until" in out
    assert "clickup-mlops mutes end inference_first" in out
    assert "restored priority is held until" in out
    assert task in connected("mutes", "list").out
