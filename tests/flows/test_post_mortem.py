"""The draft of a post-mortem says what happened, so that nobody is misled."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.tables.history import Series
from tests.flows.conftest import LIST, Relay, build, receiving, settings_for
from tests.flows.test_incidents import MINUTE, ROOMS, SETTINGS, names, pages
from tests.flows.test_integrations import SECRET, Reporting, alert, group
from tests.ports import BoundPort

HOUR = 60 * MINUTE
SERVICE = "Serving: ranker"


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Reporting]:
    """Alertmanager and Argo CD report about the task of the model."""
    control, port = clickup_sandbox.control, BoundPort()
    control.create_field("Model", "short_text")
    chosen = {name: {"mode": "on", "settings": SETTINGS.get(name, {})} for name in ROOMS}
    signed = {"token": SECRET}
    tools: dict[str, Any] = {
        "alertmanager": {"find": {"field": "Model", "value": "labels.model"}},
        "argocd": {"find": {"field": "Model", "value": "app"}},
        "deploy": {
            "kind": "generic",
            "about": "deployment",
            "find": {"field": "Model", "value": "model"},
        },
    }
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={"by_name": chosen},
        people={"on_call": ["Jonas"]},
        integrations={name: {"kind": name} | signed | values for name, values in tools.items()},
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        team = Reporting(clickup_sandbox, bot, clock=control.clock.now_ms)
        running.enter_context(receiving(Relay(team), port))
        team.address = f"http://127.0.0.1:{port}"
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


def serve(team: Reporting) -> str:
    """The task of the model."""
    task = team.member.create_task(LIST, SERVICE)
    team.member.set_field(task, "Model", "ranker")
    team.settle()
    return task


def fire(team: Reporting, name: str, state: str, start: int) -> None:
    """An alert about the model begins or ends."""
    labels = {"alertname": name, "model": "ranker"}
    answer = team.post("alertmanager", group(alert(state, start, fingerprint=name, **labels)))
    assert answer.status_code == 200


def deploy(team: Reporting, revision: str) -> None:
    """Argo CD has synchronised the model's app."""
    now = team.bot.now_ms()
    body = {"app": "ranker", "phase": "Succeeded", "health": "Healthy", "revision": revision}
    assert team.post("argocd", body | {"finished_at": str(now)}).status_code == 200


def ship(team: Reporting, revision: str) -> None:
    """The team's own script has deployed the model."""
    body = {"type": "succeeded", "title": "ranker: succeeded", "model": "ranker", "sha": revision}
    assert team.post("deploy", body | {"at": team.bot.now_ms()}).status_code == 200


def timeline(text: str) -> list[str]:
    """The lines of the page's timeline, without times and tasks."""
    part = text.partition("## Timeline")[2].partition("## Lead")[0].replace("\\", "")
    return [re.sub(r"^- [\d: -]+ UTC ", "", line) for line in part.strip().splitlines()]


def test_it_has_the_alert_that_fired_before_and_tells_its_end_from_its_beginning(
    team: Reporting,
) -> None:
    """A person saw only half an hour later that users were affected. Alerts are counted, not their
    reports.
    """
    task = serve(team)
    settings = team.bot.settings.automations.by_name
    quiet = settings["live_incident"].model_copy(
        update={"settings": settings["live_incident"].settings | {"severities": ("page",)}}
    )
    team.configure(by_name=settings | {"live_incident": quiet})
    fire(team, "HighLatency", "firing", 0)
    fire(team, "OldAlert", "firing", 0)
    fire(team, "OldAlert", "resolved", 1)
    team.control.clock.advance(30 * MINUTE)
    team.member.tag(task, "incident")
    team.settle()
    team.control.clock.advance(10 * MINUTE)
    fire(team, "ErrorBudget", "firing", 100)
    for start in (200, 300):
        fire(team, "ErrorBudget", "resolved", start + 1)
        fire(team, "ErrorBudget", "firing", start + 2)
    fire(team, "ErrorBudget", "resolved", 400)
    fire(team, "HighLatency", "resolved", 401)
    team.member.untag(task, "incident")
    team.settle()

    ((_page, text),) = pages(team).items()
    lines = timeline(text)
    assert lines[0] == "**alert**: HighLatency: node 7: firing (alertmanager)"
    assert lines.count("**alert**: ErrorBudget: node 7: firing (alertmanager)") == 3
    assert lines.count("**alert**: ErrorBudget: node 7: resolved (alertmanager)") == 3
    assert lines.count("**alert**: HighLatency: node 7: resolved (alertmanager)") == 1
    assert not any("OldAlert" in line for line in lines)
    assert "**Alerts:** 2" in text


@pytest.mark.parametrize(("deploy", "tool"), [(deploy, "argocd"), (ship, "deploy")])
def test_a_bad_release_and_its_roll_back_read_differently(
    team: Reporting, deploy: Callable[[Reporting, str], None], tool: str
) -> None:
    """Each with its revision, whatever reports it."""
    serve(team)
    deploy(team, "v1")
    team.control.clock.advance(HOUR)
    deploy(team, "v2")
    team.control.clock.advance(10 * MINUTE)
    fire(team, "HighLatency", "firing", 0)
    team.control.clock.advance(10 * MINUTE)
    deploy(team, "v1")
    team.control.clock.advance(10 * MINUTE)
    fire(team, "HighLatency", "resolved", 20)

    ((_page, text),) = pages(team).items()
    assert [line for line in timeline(text) if "deployment" in line] == [
        f"**deployment**: ranker: succeeded, revision v1 ({tool})",
        f"**deployment**: ranker: succeeded, revision v2 ({tool})",
        f"**deployment**: ranker: succeeded, roll-back to revision v1 ({tool})",
    ]


def test_it_says_when_numbers_were_interrupted_and_who_led(team: Reporting) -> None:
    """Numbers of a part of the time are not those of all of it; nothing is asked that is there."""
    task = serve(team)
    team.control.clock.advance(HOUR)
    begun = team.bot.now_ms()
    fire(team, "HighLatency", "firing", 0)
    team.control.clock.advance(HOUR)
    opened = team.bot.store.table(Incidents).of_task(task)[0].opened_ms
    series = {
        name: Series(team.sandbox.team_id, "vllm", name, "", task, name, "ms")
        for name in ("whole", "interrupted", "gone")
    }
    minutes = {
        "whole": range(-10, 61),
        "interrupted": [*range(-10, 11), *range(40, 61)],
        "gone": range(-10, -5),
    }
    points = [
        (series[name], begun + minute * MINUTE, 100.0)
        for name, measured in minutes.items()
        for minute in measured
    ]
    team.bot.store.history.put(points)
    fire(team, "HighLatency", "resolved", 60)

    ((_page, text),) = pages(team).items()
    facts = dict(re.findall(r"\*\*(\w+):\*\* (.*)", text))
    assert facts["whole"] == "100 before, 100 to 100 during, 100 last ms"
    interruption, _, gap = facts["interrupted"].partition("; ")
    assert interruption == facts["whole"]
    assert re.fullmatch(r"interrupted from [\d: -]+ UTC to [\d: -]+ UTC", gap)
    assert facts["gone"].startswith("100 before, not measured during ms; interrupted from ")
    assert opened >= begun
    assert "**Lead:** Jonas Weber" in text
    comments = " ".join(comment.text for comment in team.bot.client.comments.of_task(task))
    assert "commander" not in comments
    assert "create" not in comments
    assert names(team)[f"What would have shortened it: {SERVICE}"] == 1
