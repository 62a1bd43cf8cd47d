"""`metrics`: from a file that an evaluation wrote to the field of a task."""

import json
import time
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli

FIELD = "Accuracy"
SETTINGS = """
[automations]
mode = "on"
[metrics.sources.evals]
kind = "file"
path = "evals.json"
[[metrics.bindings]]
field = "Accuracy"
source = "evals"
measure = "accuracy"
decimals = 3
"""


@pytest.fixture
def evaluated(connected: Cli, clickup_sandbox: Sandbox) -> Cli:
    """A task named after the model that was evaluated."""
    control = clickup_sandbox.control
    control.ui_actions.create_field("Tasks", FIELD, "number")
    control.as_user(control.members[1].id).create_task("Tasks", "churn")
    with Path("config.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    Path("evals.json").write_text('[{"model": "churn", "accuracy": 0.9137}]', encoding="utf-8")
    return connected


def value(sandbox: Sandbox) -> str | None:
    (task,) = (task for task in sandbox.control.world.tasks if task.name == "churn")
    fields = sandbox.control.task(task.id)["custom_fields"]
    result: str | None = next(field for field in fields if field["name"] == FIELD).get("value")
    return result


def test_sources_and_what_they_say_are_printed(evaluated: Cli) -> None:
    """For people and for programs."""
    assert "evals" in evaluated("metrics", "sources").out
    output = evaluated("metrics", "scrape", "evals", "--window", "0")
    assert (output.code, "0.9137" in output.out, "model=churn" in output.out) == (0, True, True)
    (source,) = json.loads(evaluated("metrics", "scrape", "--window", "0", "--json").out)["sources"]
    assert source["readings"][0]["labels"] == {"model": "churn"}


def test_a_dry_run_writes_nothing_and_a_push_does(evaluated: Cli, clickup_sandbox: Sandbox) -> None:
    """Then `explain` says why the field has its value."""
    assert "empty -> 0.914" in evaluated("metrics", "push", "--window", "0", "--dry-run").out
    assert value(clickup_sandbox) is None

    pushed = evaluated("metrics", "push", "--window", "0", "--json")
    (write,) = json.loads(pushed.out)["writes"]
    assert (pushed.code, write["after"], write["state"]) == (0, 0.914, "done")
    assert value(clickup_sandbox) == "0.914"

    explained = evaluated("metrics", "explain", write["task"]).out
    assert "Accuracy: 0.914" in explained
    assert "accuracy of source evals; bound by settings" in explained
    assert "Nothing to write." in evaluated("metrics", "push", "--window", "0").out


def test_bindings_are_proposed(evaluated: Cli) -> None:
    """As TOML that can be pasted; or why not."""
    proposed = evaluated("metrics", "suggest", "--window", "0").out
    assert "[[metrics.bindings]]" in proposed
    assert 'measure = "accuracy"' in proposed
    Path("evals.json").write_text('[{"model": "nobody", "accuracy": 1}]', encoding="utf-8")
    ran = evaluated("metrics", "suggest", "--window", "0")
    assert "Nothing is certain enough." in ran.out
    assert "Accuracy: accuracy model=nobody of evals: no task matches these labels" in ran.err


def test_what_cannot_be_read_or_placed_is_said(evaluated: Cli) -> None:
    """With exit code 1; a source that does not exist is an error."""
    Path("evals.json").write_text('[{"model": "nobody", "accuracy": 1}]', encoding="utf-8")
    ran = evaluated("metrics", "push", "--window", "0")
    assert (ran.code, "no task matches these labels" in ran.err) == (1, True)
    Path("evals.json").write_text('[{"model": "churn", "acuracy": 1}]', encoding="utf-8")
    message = evaluated("metrics", "push", "--window", "0").err
    assert "Accuracy: evals gives no 'accuracy' now; did you mean \"acuracy\"?" in message
    Path("evals.json").unlink()
    ran = evaluated("metrics", "scrape", "--window", "0")
    assert (ran.code, "evals.json: No such file" in ran.err) == (1, True)
    ran = evaluated("metrics", "scrape", "eval")
    assert (ran.code, 'Did you mean "evals"?' in ran.err) == (1, True)


def test_what_is_not_configured_is_said(connected: Cli) -> None:
    """Neither "nothing" nor silence: no source, no binding, a misspelt source or measure."""
    for command in ("sources", "scrape"):
        assert "add a table [metrics.sources.<name>]" in connected("metrics", command).out
    began = time.monotonic()
    assert "metrics suggest" in connected("metrics", "push", "--window", "60").out
    assert time.monotonic() - began < 50, "nothing is read, so nothing is waited for"
    config = Path("config.toml")
    source = '[metrics.sources.chat]\nkind = "vllm"\nurl = "http://127.0.0.1:1/metrics"\n'
    config.write_text(config.read_text(encoding="utf-8") + source, encoding="utf-8")
    ran = connected("metrics", "push", "--window", "0")
    assert (ran.code, "chat: http://127.0.0.1:1/metrics: " in ran.err) == (1, True)

    bound = '[[metrics.bindings]]\nfield = "A"\nsource = "{}"\nmeasure = "{}"\n'
    wrong = bound.format("chatt", "x") + bound.format("chat", "latency_p99")
    config.write_text(config.read_text(encoding="utf-8") + wrong, encoding="utf-8")
    message = connected("metrics", "push", "--window", "0").err.splitlines()
    assert "A: there is no source 'chatt'; did you mean \"chat\"?" in message
    assert "A: vllm has no measure 'latency_p99'; did you mean \"latency_p99_ms\"?" in message
    assert len(message) == 3  # each once: no log line beside it

    (checked,) = (
        check
        for check in json.loads(connected("check", "--json").out)["checks"]
        if check["check"] == "metrics"
    )
    assert (checked["state"], "no source 'chatt'" in checked["text"]) == ("note", True)
    assert "chat: http://127.0.0.1:1/metrics: " in checked["text"]


def test_without_a_source_no_advice_is_given(connected: Cli) -> None:
    """ "No symptom" would mean that something was measured."""
    assert connected("advise").out.startswith("No source is configured")


def test_advice_is_printed_with_its_numbers(evaluated: Cli) -> None:
    """Of all sources, or of a task's own series; and what could be said with more numbers."""
    numbers = {"model": "churn", "accuracy": 0.9, "pause_sent_pct": 9, "kv_cache_pct": 97}
    Path("evals.json").write_text(json.dumps([numbers]), encoding="utf-8")
    printed = evaluated("advise", "--window", "0", "--missing")
    assert printed.code == 0
    assert "This host makes the switch pause (evals model=churn)" in printed.out
    assert "Observed: PFC pause sent 9%" in printed.out
    assert "waiting_requests" in printed.out

    second = numbers | {"model": "other"}
    Path("evals.json").write_text(json.dumps([numbers, second]), encoding="utf-8")
    pushed = json.loads(evaluated("metrics", "push", "--window", "0", "--json").out)
    printed = evaluated("advise", pushed["writes"][0]["task"], "--window", "0").out
    assert ("model=churn" in printed, "model=other" in printed) == (True, False)
    Path("evals.json").write_text(json.dumps([numbers]), encoding="utf-8")
    pushed = json.loads(evaluated("metrics", "push", "--window", "0", "--json").out)
    assert pushed["writes"] == []
    (advised,) = json.loads(evaluated("advise", "--window", "0", "--json").out)["advice"]
    assert advised["advice"][0]["evidence"]["grade"] == "documentation"
    ran = evaluated("advise", "86nothere", "--window", "0")
    assert (ran.code, "no field of the task comes from a source" in ran.err) == (1, True)


def test_watch_prints_what_changed(evaluated: Cli) -> None:
    """The second round has nothing new."""
    watched = evaluated("metrics", "watch", "--every", "1", "--times", "2").out
    assert watched.count("accuracy  0.9137  model=churn") == 1
