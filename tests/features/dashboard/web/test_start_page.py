"""The page "Start": what `init --guided` does, on the dashboard, for operators."""

from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Filter
from tests.flows.conftest import INFERENCE, LIST, Team, settings_for, working
from tests.ports import BoundPort


def served(sandbox: Sandbox, folder: Path) -> Any:
    """A bot in shadow mode without any List in its settings, with its dashboard on a port."""
    port = BoundPort()
    dashboard = DashboardSettings(enabled=True, public_url=f"http://127.0.0.1:{port}")
    settings = settings_for(sandbox, folder, port, dashboard=dashboard)
    automations = settings.automations.model_copy(update={"mode": "shadow"})
    return working(sandbox, settings.model_copy(update={"automations": automations}), port)


def enter(page: Any, team: Team, role: Any) -> None:
    """Ana opens the page by a link of her own."""
    link = grants.link(team.bot.store, grants.Person("", "Ana", role), team.bot.now_ms())
    url = f"{team.bot.settings.dashboard.public_url}/dashboard"
    page.goto(f"{url}/open/{link.token}")
    page.goto(f"{url}/start")


def row(page: Any) -> Any:
    """That of the List in the table of Lists."""
    return page.locator("#places-places tbody tr", has_text=LIST).first


@pytest.mark.browser
def test_an_operator_picks_a_list_and_lets_it_go_live(
    chromium: Any, clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """Four clicks: pick, look, go live, yes; each stands in the audit with who it was."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    with served(clickup_sandbox, tmp_path) as team:
        task_id = team.member.create_task(LIST, INFERENCE)
        enter(page, team, "operator")

        row(page).get_by_role("button", name="Pick").click()
        notice = page.locator(".flash").inner_text()
        assert "would have raised 1, lowered 0" in notice and "Nothing was written" in notice
        assert INFERENCE in page.locator("#proposal-proposals").inner_text()
        assert team.control.task(task_id)["priority"] is None
        page.screenshot(path=tmp_path / "start.png", full_page=True)

        row(page).locator(".confirm > summary").click()
        row(page).locator(".confirm button").click()
        page.get_by_text("The List is live.").wait_for()
        team.settle()

        assert team.control.task(task_id)["priority"]["priority"] == "normal"
        entries = team.bot.store.audit.list(Filter(automation="live"), 10)
        assert [(entry.after, entry.actor) for entry in entries] == [
            ("on", "Ana"),
            ("shadow", "Ana"),
        ]


@pytest.mark.browser
def test_who_only_looks_picks_nothing(
    chromium: Any, clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    page = chromium.new_context().new_page()
    with served(clickup_sandbox, tmp_path) as team:
        team.member.create_task(LIST, INFERENCE)
        enter(page, team, "viewer")
        assert "Operators pick the Lists" in page.locator("main").inner_text()
        assert page.get_by_role("button", name="Pick").count() == 0
