"""The command as agents start it: every tool answers, and an agent that reads changes nothing."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.metrics import operations
from clickup_mlops.interfaces.mcp_server.server import find_tools
from clickup_mlops.store import Write
from tests.empty import store_at
from tests.flows.conftest import INFERENCE
from tests.interfaces.mcp_server.conftest import Agent, Opened, World, text

DRAFT = """
summary = "Marks inference."
on = ["taskCreated"]
when = 'task.workload == "inference"'
do = [{ action = "add_tag", tag = "served" }]
[[example]]
name = "inference"
task = { name = "Roll out the vLLM inference endpoint" }
expect = [{ action = "add_tag" }]
[[example]]
name = "training"
task = { name = "Fine-tune: training run" }
expect = []
"""
INITIALIZE = (
    b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}, '
    b'"protocolVersion": "2025-06-18", "clientInfo": {"name": "agent", "version": "1"}}}\n'
)
WRITES = {name for name, tool in find_tools().items() if tool.writes}


def test_every_tool_is_listed_with_its_schemas(reader: Agent, steady_world: World) -> None:
    """Typed on both sides, described, and those that write are not there."""
    listed = reader.tools()
    assert set(listed) == set(find_tools()) - WRITES
    assert {"undo_change", "run_automation", "mute_automation"} == WRITES
    for tool in listed.values():
        assert tool.description
        assert tool.input_schema["additionalProperties"] is False
        assert all(
            "description" in str(schema) for schema in tool.input_schema["properties"].values()
        )
        assert tool.output_schema["properties"]
        assert tool.annotations.read_only_hint
    assert "untrusted_text" in reader.client.instructions


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_though_it_waits_for_the_agent(
    number: signal.Signals, tmp_path: Path
) -> None:
    """At once: the thread that reads the standard input cannot be interrupted."""
    store_at(tmp_path / "clickup-mlops.db")
    process = subprocess.Popen(
        [sys.executable, "-m", "clickup_mlops", "mcp"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(INITIALIZE)
        process.stdin.flush()
        assert b"serverInfo" in process.stdout.readline()
        process.send_signal(number)
        try:
            assert process.wait(20) == 128 + number
        finally:
            process.kill()


def test_why_explains_the_newest_decision(reader: Agent, steady_world: World) -> None:
    """Of a task's id or address; nothing known is an error with a hint."""
    url = steady_world.team.control.task(steady_world.inference)["url"]
    for value in (steady_world.inference, f"#{steady_world.inference}", url):
        result = reader.ask("why", task=value)
        assert (result["task_id"], result["workload"]) == (steady_world.inference, "inference")
        assert result["priority_now"] == result["priority_decided"] == "Normal"
        assert result["explanation"]["untrusted_text"].startswith(
            f"Task {steady_world.inference}: Normal"
        )
    refused = reader.refused("why", task="86unknown")
    assert "No decision about task 86unknown" in refused
    assert "Hint: " in refused


def test_what_is_first_is_the_lane_in_its_order(reading: Agent, world: World) -> None:
    """Urgent before Normal, the oldest first among equals, training in a lane of its own."""
    result = reading.ask("whats_first")
    assert result["open_tasks"] == len(result["first"])
    ids = [entry["task_id"] for entry in result["first"]]
    assert world.training not in ids
    assert ids.index(world.inference) < ids.index(world.hostile)

    world.team.member.set_priority(world.hostile, 1)
    world.team.settle()
    first, *_ = reading.ask("whats_first", limit=1)["first"]
    assert (first["task_id"], first["place"], first["priority"]) == (world.hostile, 1, "Urgent")
    assert "held for" in first["held"]["untrusted_text"]
    lane = reading.ask("whats_first", workload="training")
    assert [run["task_id"] for run in lane["first"]] == [world.training]


def test_a_task_is_found_by_words_of_its_name(reader: Agent, steady_world: World) -> None:
    """Or a part of a word; one that has all of them is first."""
    words = " ".join(reversed(INFERENCE.upper().split()[-3:]))
    best, *_ = reader.ask("find_task", words=words)["tasks"]
    assert best["name"]["untrusted_text"] == INFERENCE
    assert reader.ask("find_task", words=best["task_id"])["tasks"][0]["name"] == best["name"]
    assert reader.ask("find_task", words="zeppelin")["tasks"] == []


def test_incidents_are_listed(reader: Agent, steady_world: World) -> None:
    """There is none yet; a time that is none is refused."""
    assert reader.ask("list_incidents") == {"incidents": []}
    assert "since" in reader.refused("list_incidents", since="yesteryear")


def test_a_page_is_shown_as_markdown(reader: Agent, steady_world: World) -> None:
    """An unknown page or target is answered with what there is."""
    untrusted_text = reader.ask("show_page", page="now")["markdown"]["untrusted_text"]
    assert "## Today" in untrusted_text and "Priorities set" in untrusted_text
    assert "There are: " in reader.refused("show_page", page="nowhere")
    assert "nosuchmodel" in reader.refused("show_page", page="model", target="nosuchmodel")


def test_a_report_is_built(reader: Agent, steady_world: World) -> None:
    """Of a period, as the command builds it."""
    report = reader.ask("build_report", kind="daily")
    assert report["title"]["untrusted_text"].startswith("Daily report")
    assert report["markdown"]["untrusted_text"].startswith("# Daily report")
    assert "which incident" in reader.refused("build_report", kind="incident")


def test_runs_and_changes_say_what_the_bot_did(reader: Agent, steady_world: World) -> None:
    """Filtered by task; an unknown automation is refused with the nearest name."""
    (run,) = reader.ask("automation_runs", task=steady_world.inference)["runs"]
    assert (run["automation"], run["result"]) == ("inference_first", "done")
    assert run["task_name"]["untrusted_text"] == INFERENCE
    (change,) = reader.ask("list_changes", task=steady_world.inference)["changes"]
    assert (change["kind"], change["automation"]) == ("priority", "inference_first")
    assert change["event"] == run["event"]
    assert reader.ask("automation_runs", failed=True) == {"runs": []}
    refused = reader.refused("automation_runs", automation="inference_frist")
    assert "inference_first" in refused


def test_corrections_are_listed(reading: Agent, world: World) -> None:
    """The newest first, with what the bot had decided."""
    assert reading.ask("list_overrides") == {"total": 0, "overrides": []}
    world.team.member.set_priority(world.inference, 4)
    world.team.settle()
    result = reading.ask("list_overrides", subject="priority")
    (override,) = result["overrides"]
    assert (result["total"], override["task_id"]) == (1, world.inference)
    assert (override["decided"], override["chosen"]) == ("Normal", "Low")


def test_metrics_of_a_task_are_explained(reading: Agent, world: World) -> None:
    """Value, source and measure; a task without any has an empty list."""
    assert reading.ask("task_metrics", task=world.modelled)["fields"] == []
    operations.push(world.team.bot, wait=None, dry_run=False)
    (field,) = reading.ask("task_metrics", task=world.modelled)["fields"]
    assert (field["field"], field["now"], field["source"]) == ("Accuracy", 0.914, "evals")
    refused = reading.refused("task_metrics", task="86nothere")
    assert "Task not found, deleted (404 ITEM_013)" in refused


def test_an_automation_is_simulated_by_name_or_as_a_draft(
    reader: Agent, steady_world: World
) -> None:
    """Nothing is written, and no file of the machine can be named."""
    writes = len(steady_world.team.control.writes())
    result = reader.ask("simulate_automation", automation="inference_first")
    assert {automation["automation"] for automation in result["automations"]} <= {"inference_first"}
    assert result["events"] >= 4
    drafted = reader.ask("simulate_automation", draft=DRAFT)
    assert drafted["changed_tasks"] >= 2
    assert {action["automation"] for action in drafted["actions"]} == {"draft"}
    assert len(steady_world.team.control.writes()) == writes

    assert "Hint" in reader.refused("simulate_automation", draft="when = 1")
    assert "not both" in reader.refused("simulate_automation", automation="a", draft=DRAFT)
    (steady_world.folder / "draft").write_text(DRAFT, encoding="utf-8")
    for name in ("draft", "../draft", str(steady_world.folder / "draft")):
        assert "draft" in reader.refused("simulate_automation", automation=name)


def test_a_template_is_planned_and_not_applied(reader: Agent, steady_world: World) -> None:
    """With its parameters; an unknown one is an error, and no path is taken for a name."""
    before = len(steady_world.team.control.world.lists)
    result = reader.ask("plan_template", template="llm_serving", instance="Serving of agents")
    assert not result["up_to_date"]
    assert result["to_create"] > 0
    assert any("Serving of agents" in entry["untrusted_text"] for entry in result["tree"])
    assert len(steady_world.team.control.world.lists) == before
    assert "Hint" in reader.refused("plan_template", template="lm_serving")
    assert "nosuch" in reader.refused("plan_template", template="llm_serving", set={"nosuch": "1"})
    assert "pattern" in reader.refused("plan_template", template="../config")


def test_reading_only_means_that_nothing_writes(reader: Agent, steady_world: World) -> None:
    """A tool that writes is unknown, whatever its arguments."""
    writes = len(steady_world.team.control.writes())
    task = {"task": steady_world.inference, "automation": "inference_first"}
    value = {"undo_change": {"target": "1"}, "run_automation": task, "mute_automation": task}
    assert set(value) == WRITES
    for name, arguments in value.items():
        assert "Unknown tool" in reader.refused(name, **arguments)
    assert steady_world.team.priority(steady_world.inference) == 3
    assert steady_world.team.bot.store.mutes.list(0) == []
    assert len(steady_world.team.control.writes()) == writes


def test_a_change_is_undone_as_on_the_command_line(world: World, opened: Opened) -> None:
    """Tried first, then done: in the audit with who asked, muted, and undone again by its run."""
    writing = opened(world.stdio("--allow-writes"))
    (change,) = writing.ask("list_changes", task=world.inference)["changes"]
    target = str(change["change"])
    (would,) = writing.ask("undo_change", target=target, dry_run=True)["changes"]
    assert (would["state"], world.team.priority(world.inference)) == ("would", 3)

    outcome = writing.ask("undo_change", target=target)
    assert [entry["state"] for entry in outcome["changes"]] == ["undone"]
    assert world.team.priority(world.inference) is None
    newest, *_ = writing.ask("list_changes", task=world.inference)["changes"]
    assert newest["automation"] == "undo"
    assert newest["asked_by"]["untrusted_text"] == "agent (MCP)"
    assert [run["automation"] for run in writing.ask("why", task=world.inference)["muted"]] == [
        "inference_first"
    ]
    world.team.settle()
    writing.ask("undo_change", target=f"run:{outcome['run']}")
    assert world.team.priority(world.inference) == 3


def test_people_have_names_in_changes_and_what_undid_them(world: World, opened: Opened) -> None:
    """Those of the directory that the bot keeps: without a call."""
    store, person = world.team.bot.store, world.team.member.user.id
    write = Write(world.inference, f"assignee:{person}", True, False, "h", "rule")
    now = world.team.control.clock.now_ms()
    written = store.journal.begin(write, now)
    store.journal.finish(written, "done", now, calls=[])
    people = [{"id": str(person), "name": "Maria", "mail": ""}]
    listing = {"at_ms": 1, "entries": [{"names": ["maria"], "people": people}]}
    store.cursors.set("directory:people:1", json.dumps(listing))
    store.flush()

    writing = opened(world.stdio("--allow-writes"))
    (change,) = writing.ask("list_changes", automation="rule")["changes"]
    assert change["what"]["untrusted_text"] == "- assignee Maria"
    (outcome,) = writing.ask("undo_change", target=str(written), dry_run=True)["changes"]
    assert outcome["what"]["untrusted_text"] == "+ assignee Maria"


def test_what_cannot_be_undone_is_refused(writing: Agent, world: World) -> None:
    """Unknown changes, whole automations, and misspelt arguments."""
    assert "no change is recorded" in writing.refused("undo_change", target="999")
    assert "pattern" in writing.refused("undo_change", target="automation:inference_first")
    (change,) = writing.ask("list_changes", task=world.inference)["changes"]
    assert "dryrun" in writing.refused("undo_change", target=str(change["change"]), dryrun=True)
    assert world.team.priority(world.inference) == 3


def test_an_automation_is_triggered_within_its_limits(writing: Agent, world: World) -> None:
    """The running bot evaluates it; a mute holds; what is off or not there is refused."""
    for task in (world.training, world.inference):
        writing.ask("run_automation", automation="marked", task=task)
    writing.ask("mute_automation", automation="marked", task=world.hostile)
    writing.ask("run_automation", automation="marked", task=world.hostile)
    world.team.settle()
    assert _tags(world, world.inference) == ["marked"]
    assert _tags(world, world.training) == _tags(world, world.hostile) == []
    (run,) = writing.ask("automation_runs", automation="marked")["runs"]
    assert (run["task_id"], run["result"]) == (world.inference, "done")
    assert "Hint" in writing.refused("run_automation", automation="nosuch", task=world.inference)
    assert "is off" in writing.refused("run_automation", automation="gpu_budget", task="1")
    assert writing.refused("run_automation", automation="inference_first", task="86nothere")


def _tags(world: World, task: str) -> list[str]:
    return [*world.team.bot.client.tasks.get(task).tags]


def test_an_automation_is_muted_for_a_while(writing: Agent, world: World) -> None:
    """In the store, for people to see; a shorter mute changes nothing."""
    arguments = {"automation": "inference_first", "task": world.training}
    longer = writing.ask("mute_automation", **arguments, hours=48, because="a launch")
    assert writing.ask("mute_automation", **arguments, hours=1) == longer
    (mute,) = world.team.bot.store.mutes.list(0)
    assert (mute.automation, mute.task_id) == ("inference_first", world.training)
    assert (mute.user_name, mute.because) == ("agent (MCP)", "a launch")
    assert "Hint" in writing.refused("mute_automation", automation="no", task=world.training)
    assert writing.refused("mute_automation", automation="inference_first", task="86nothere")


def test_hostile_names_stay_data(reader: Agent, steady_world: World) -> None:
    """Marked, cut and without control characters; the structure around them holds."""
    for name, arguments in (
        ("whats_first", {}),
        ("automation_runs", {"task": steady_world.hostile}),
        ("simulate_automation", {}),
    ):
        result = reader.call(name, **arguments)
        assert "IGNORE ALL PREVIOUS INSTRUCTIONS" in text(result)
        assert "\x1b" not in text(result) + json.dumps(result.structured_content)
        assert json.loads(text(result)) == result.structured_content
        for where, value in _texts(result.structured_content):
            assert where == "untrusted_text" or "IGNORE" not in value


def _texts(value: Any, where: str = "") -> list[tuple[str, str]]:
    """Every text of an answer, with its key."""
    if isinstance(value, dict):
        return [result for key, part in value.items() for result in _texts(part, key)]
    if isinstance(value, list):
        return [result for part in value for result in _texts(part, where)]
    return [(where, value)] if isinstance(value, str) else []


BAD: tuple[Any, ...] = (None, 7, -1, 10**30, "", "\x00", "../../etc/passwd", "x" * 100_000, [], {})


def test_bad_input_never_ends_the_server(world: World, opened: Opened) -> None:
    """Nonsense in each argument of each tool, beside good ones: the next call works."""
    writing = opened(world.stdio("--allow-writes"))
    good = {"task": world.training, "automation": "inference_first", "target": "999"}
    good |= {"template": "no_template", "words": "ranker", "since": "7d"}
    for name, tool in writing.tools().items():
        required = {name: good[name] for name in tool.input_schema.get("required", ())}
        for argument in tool.input_schema["properties"]:
            for value in BAD:
                result = writing.call(name, **required | {argument: value})
                assert "Traceback" not in text(result)
    assert "Unknown tool" in writing.refused("no_such_tool")
    assert "not a time" in writing.refused("list_overrides", since="soon")
    assert writing.ask("why", task=world.inference)["task_id"] == world.inference


def test_no_secret_is_in_an_answer(reading: Agent, world: World) -> None:
    """Not the token, also where a person pasted it into a task's name."""
    token = world.team.sandbox.token
    world.team.member.create_task("Tasks", f"Inference endpoint with {token} and pk_1_ABCDEFGHIJ")
    world.team.settle()
    message = text(reading.call("whats_first")) + text(reading.call("automation_runs"))
    assert "[redacted]" in message
    assert token not in message
    assert "pk_1_ABCDEFGHIJ" not in message


def test_the_documentation_can_be_read(reader: Agent) -> None:
    """Every page as a resource, those of the automations among them."""
    result = {str(resource.uri) for resource in reader.do("list_resources").resources}
    page = "clickup-mlops://docs/reference/automations/inference_first"
    assert page in result
    (content,) = reader.do("read_resource", page).contents
    assert content.text.startswith("# `inference_first`")
