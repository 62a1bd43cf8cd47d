"""Reset, several Workspaces, and strict mode."""

import json
import runpy
import signal
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops import sandbox as clickup
from clickup_mlops.sandbox import Sandbox, monday
from tests.sandbox.conftest import Api, Hook

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("serve", [clickup.serve, monday.serve], ids=["clickup", "monday"])
def test_an_interrupt_right_after_the_start_ends_it_as_a_later_one(serve: Any) -> None:
    """Whoever reads its address and stops it at once gets no traceback."""
    serve(port=0, on_start=lambda _sandbox: signal.raise_signal(signal.SIGINT))


def test_a_reset_leaves_nothing_of_what_was_done(
    api: Api, listening: dict[str, Any], hook: Hook, tasks_list: str
) -> None:
    """Tasks, webhooks, faults, counts, limits, clock and settings are those of the start."""
    sandbox, control = api.sandbox, api.sandbox.control
    before = (sandbox.token, sandbox.team_id, tasks_list)
    control.deliveries.pause()
    first = api.post(f"/v2/list/{tasks_list}/task", {"name": "a"})
    control.ui_actions.field_creation("on")
    control.ui_actions.set_plan("Free")
    control.clock.freeze(1_000)
    control.faults.add("status", times=None)
    sandbox.reset()

    assert (sandbox.token, sandbox.team_id, control.list_id("Tasks")) == before
    assert control.tasks == []
    assert control.stats.total == 0
    assert api.get(f"/v2/team/{sandbox.team_id}/plan")["plan_name"] == "Unlimited"
    assert api.get(f"/v2/team/{sandbox.team_id}/webhook")["webhooks"] == []
    again = api.post(f"/v2/list/{tasks_list}/task", {"name": "a"})
    assert again["id"] == first["id"]
    assert int(again["date_created"]) > 1_000_000
    assert control.deliveries.wait_idle(5)
    assert hook.received == []
    assert api.control("POST", "/reset", json={}).ok
    assert control.tasks == []


def test_a_reset_sandbox_has_the_address_and_token_of_the_session(
    clickup_sandbox_session: Sandbox, clickup_sandbox_reset: Sandbox
) -> None:
    """For a program that reads both once."""
    task = clickup_sandbox_reset.control.as_user("Maria").create_task("Tasks", "x")
    clickup_sandbox_session.reset()

    assert clickup_sandbox_reset is clickup_sandbox_session
    assert Api(clickup_sandbox_reset).refused("GET", f"/v2/task/{task}") == (404, "ITEM_013")


@pytest.mark.clickup_sandbox(seed=["small", "plain"])
def test_each_seed_is_a_workspace(api: Api) -> None:
    """Who is in several is one user, whose token sees them all; tasks stay in theirs."""
    teams = api.get("/v2/team")["teams"]
    spaces = [api.get(f"/v2/team/{team['id']}/space")["spaces"] for team in teams]
    ids = {team["id"] for team in teams}

    assert len(ids) == len(teams) == 2
    assert api.sandbox.team_id in ids
    assert {space["id"] for space in spaces[0]}.isdisjoint(space["id"] for space in spaces[1])
    counts = [len(api.get(f"/v2/team/{team['id']}/task")["tasks"]) for team in teams]
    assert counts[0] == 0 < counts[1]


@pytest.mark.clickup_sandbox(strict=True)
def test_strict_mode_refuses_keys_that_clickup_would_ignore(api: Api, tasks_list: str) -> None:
    """With their names, before anything happens; what live answers accept is accepted."""
    path = f"/v2/list/{tasks_list}/task"
    refused = api.call("POST", path, json={"name": "a", "assignes": [1], "dueDate": 1})
    created = api.post(path, {"name": "a", "markdown_description": "**a**"})

    assert (refused.status_code, refused.json()["ECODE"]) == (400, "SANDBOX_STRICT")
    assert refused.json()["err"] == "Not documented for this call: assignes, dueDate"
    assert api.refused("GET", path, params={"state": "open"}) == (400, "SANDBOX_STRICT")
    assert api.get(path, **{"statuses[]": ["to do"], "page": 0})["tasks"][0]["id"] == created["id"]
    assert api.call("PUT", f"/v2/task/{created['id']}", json={"tags": ["x"]}).status_code == 400
    assert len(api.sandbox.control.tasks) == 1


def test_keys_that_are_no_keys_pass_without_strict_mode(api: Api, tasks_list: str) -> None:
    """As in ClickUp, which ignores them."""
    assert (
        api.post(f"/v2/list/{tasks_list}/task", {"name": "a", "assignes": [1]})["assignees"] == []
    )


def test_the_documented_keys_are_those_of_the_documents(reference_dir: Path) -> None:
    """`tools/documented_keys.py` writes them."""
    tool = runpy.run_path(str(ROOT / "tools/documented_keys.py"))
    assert json.loads(tool["TARGET"].read_bytes()) == tool["collect"](reference_dir / "clickup")
