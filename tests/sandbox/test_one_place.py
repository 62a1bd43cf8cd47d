"""A new endpoint is one file: found in its folder and served without being named anywhere."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from clickup_mlops.errors import ConfigError
from clickup_mlops.sandbox import running
from clickup_mlops.sandbox.clickup import app, routes
from clickup_mlops.sandbox.clickup.routes import tasks

ROUTE = '''
"""Reminders of a Workspace."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_actor

ROUTES = Blueprint("reminders", __name__)


@ROUTES.get("/api/v2/team/<team_id>/reminder")
def list_reminders(team_id: str) -> Response:
    """None yet."""
    return answer({"team": team_id, "of": get_actor().id, "reminders": []})
'''


WITH_STATE = '''
"""Reminders of a Workspace, with a record of their own."""

from dataclasses import dataclass

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_world

ROUTES = Blueprint("reminders", __name__)


@dataclass(slots=True)
class Reminder:
    """A reminder."""

    id: str


@ROUTES.post("/api/v2/team/<team_id>/reminder")
def create(team_id: str) -> Response:
    """One more."""
    get_world().table(Reminder).put(Reminder(get_world().ids.uuid("reminder")))
    return answer({"count": len(get_world().table(Reminder))})
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files count as route files of the sandbox, and as those of a room."""
    monkeypatch.setattr(routes, "__path__", [*routes.__path__, str(tmp_path)])
    monkeypatch.setattr(tasks, "__path__", [*tasks.__path__, str(tmp_path / "tasks")])
    app.build_prototype.cache_clear()
    yield tmp_path
    app.build_prototype.cache_clear()
    for name in [module for module in sys.modules if module.endswith(".reminders")]:
        del sys.modules[name]


@pytest.mark.parametrize("place", ["reminders.py", "tasks/reminders.py"])
def test_a_route_file_is_found_and_served(folder: Path, place: str) -> None:
    """Beside the others or in a room: with token, rate limit and count like every endpoint."""
    (folder / place).parent.mkdir(exist_ok=True)
    (folder / place).write_text(ROUTE)

    with running() as sandbox:
        url = f"{sandbox.url}/api/v2/team/{sandbox.team_id}/reminder"
        answer = requests.get(url, headers={"Authorization": sandbox.token}, timeout=10)
        refused = requests.get(url, timeout=10)
        counted = {call["route"] for call in sandbox.control.stats.to_dict()["calls"]}

    assert answer.json()["team"] == sandbox.team_id
    assert "X-RateLimit-Remaining" in answer.headers
    assert refused.status_code == 401
    assert "/api/v2/team/{team_id}/reminder" in counted


def test_a_record_is_defined_where_it_is_used_and_kept(folder: Path, tmp_path: Path) -> None:
    """The world gives it a table, and the state file keeps that over a restart."""
    (folder / "reminders.py").write_text(WITH_STATE)
    counts = []

    for _start in range(2):
        with running(state_file=tmp_path / "state.sqlite3") as sandbox:
            url = f"{sandbox.url}/api/v2/team/{sandbox.team_id}/reminder"
            answer = requests.post(url, headers={"Authorization": sandbox.token}, timeout=10)
            counts.append(answer.json()["count"])

    assert counts == [1, 2]


def test_a_file_without_routes_is_named(folder: Path) -> None:
    """A forgotten `ROUTES` is an error that names the module."""
    (folder / "reminders.py").write_text('"""Nothing here."""\n')

    with (
        pytest.raises(ConfigError, match=r"routes\.reminders defines no ROUTES"),
        running() as sandbox,
    ):
        assert sandbox.app
