"""What is shipped for running the bot fits the bot: names, paths, metrics, commands."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from clickup_mlops import telemetry
from clickup_mlops.bot.settings import Settings
from clickup_mlops.features.metrics.quantity import is_raw
from clickup_mlops.features.metrics.sources.prometheus import RECORDED
from clickup_mlops.interfaces.cli._root import root

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CONTAINER = DEPLOY / "container"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
RULES = DEPLOY / "prometheus" / "alerts.yml"
METRIC = re.compile(r"\bclickup_mlops_\w+")


def _tool(name: str) -> str:
    result = shutil.which(name)
    if result is None:
        pytest.skip(f"{name} is not installed")
    return result


def _alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _panels() -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = json.loads(
        (DEPLOY / "grafana" / "clickup-mlops.json").read_text()
    )["panels"]
    return panels


def _expressions() -> Iterator[Any]:
    for alert in _alerts():
        yield pytest.param(alert["expr"], id=alert["alert"])
    for panel in _panels():
        for target in panel.get("targets", ()):
            yield pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")


@pytest.mark.parametrize("expression", list(_expressions()))
def test_every_query_asks_for_metrics_that_there_are(expression: str) -> None:
    """In alerts and on the dashboard; a renamed metric is found here."""
    assert set(METRIC.findall(expression)) <= telemetry.list_series_names()


@pytest.mark.parametrize("expression", list(_expressions()))
def test_every_query_uses_labels_that_there_are(expression: str) -> None:
    """Of the metrics that it asks for, besides those that Prometheus adds."""
    metrics = {
        metric
        for metric in telemetry.list_metrics()
        if _series(metric) & set(METRIC.findall(expression))
    }
    existing = {"instance", "job", "le"}.union(*(metric.labels for metric in metrics))
    named = {
        label
        for names in re.findall(r"(?:by|without) \(([^)]*)\)", expression)
        for label in re.split(r",\s*", names)
    }
    named |= set(re.findall(r"(\w+)=~?\"", expression))

    assert named <= existing


def _series(metric: telemetry.MetricDescription) -> set[str]:
    return set(metric.names)


def test_every_metric_is_shown_or_alarmed() -> None:
    """Nothing is counted that nobody looks at."""
    requests = {name for param in _expressions() for name in METRIC.findall(str(param.values[0]))}

    assert [
        metric.names for metric in telemetry.list_metrics() if not _series(metric) & requests
    ] == []


def test_panels_do_not_lie_on_each_other() -> None:
    """Each cell of the grid belongs to one panel."""
    cells = [
        (x, y)
        for grid in (panel["gridPos"] for panel in _panels())
        for x in range(grid["x"], grid["x"] + grid["w"])
        for y in range(grid["y"], grid["y"] + grid["h"])
    ]
    assert len(cells) == len(set(cells))


@pytest.mark.parametrize("alert", _alerts(), ids=lambda alert: alert["alert"])
def test_every_alert_says_what_to_do(alert: dict[str, Any]) -> None:
    """What is wrong, and a way out."""
    assert {"summary", "action"} <= set(alert["annotations"])
    assert alert["labels"]["severity"] in ("critical", "warning", "info")


def test_the_rules_hold_in_prometheus_own_tests() -> None:
    """A healthy bot is quiet; every alert fires when it should."""
    promtool = _tool("promtool")
    tests = DEPLOY / "prometheus" / "alerts_test.yml"
    counted = yaml.safe_load(tests.read_text())["tests"][1]["promql_expr_test"][0]

    for arguments in (["check", "rules", RULES], ["test", "rules", tests]):
        outcome = subprocess.run([promtool, *arguments], capture_output=True, text=True)
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert counted["exp_samples"][0]["value"] == len(_alerts())


def test_recorded_measures_are_right_for_a_fleet() -> None:
    """In Prometheus' own tests, from each exporter; each is a measure that the bot knows."""
    promtool = _tool("promtool")
    rules, tests = (DEPLOY / "prometheus" / f"recording_rules{end}.yml" for end in ("", "_test"))
    for arguments in (["check", "rules", rules], ["test", "rules", tests]):
        outcome = subprocess.run([promtool, *arguments], capture_output=True, text=True)
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr

    names = [
        rule["record"] for g in yaml.safe_load(rules.read_text())["groups"] for rule in g["rules"]
    ]
    recorded = [name.removeprefix(RECORDED) for name in names if name.startswith(RECORDED)]
    assert recorded and not list(filter(is_raw, recorded))
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_the_unit_and_finds_it_locked_down(unit: Path, tmp_path: Path) -> None:
    """An exposure of at most 2 of 10, by systemd's own count."""
    analyze = _tool("systemd-analyze")
    copy = tmp_path / unit.name.replace("@", "@vision")
    command = Path(sys.executable).with_name("clickup-mlops")
    copy.write_text(unit.read_text().replace("/opt/clickup-mlops/bin/clickup-mlops", str(command)))

    verify = [analyze, "verify", "--man=no", "--generators=no", copy]
    outcome = subprocess.run(verify, capture_output=True, text=True)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    security = [analyze, "security", "--offline=yes", "--threshold=20", copy]
    outcome = subprocess.run(security, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_stop_while_it_starts_is_no_failure(unit: Path) -> None:
    """Before the server runs, a signal ends the program as it ends every command."""
    program = "import os, signal; from clickup_mlops import endings; endings.clean_up_first()"
    program += "; os.kill(os.getpid(), signal.SIGTERM)"
    outcome = subprocess.run([sys.executable, "-c", program])
    assert f"\nSuccessExitStatus={outcome.returncode}\n" in unit.read_text()


def _commands() -> Iterator[Any]:
    for unit in UNITS:
        (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
        yield pytest.param(line.split()[1:], id=unit.name)
    container = (DEPLOY / "container" / "Containerfile").read_text()
    (words,) = re.findall(r"^CMD (\[.*\])$", container, re.MULTILINE)
    yield pytest.param(json.loads(words), id="Containerfile")
    services = yaml.safe_load((CONTAINER / "compose.yaml").read_text())["services"]
    for name, service in services.items():
        if service["image"] == "clickup-mlops" and "command" in service:
            yield pytest.param(service["command"], id=name)


@pytest.mark.parametrize("words", list(_commands()))
def test_every_command_exists_with_its_options(words: list[str]) -> None:
    """As the command line parses it."""
    context, command, remainder = _resolve(words)
    command.make_context(words[0], remainder, parent=context)


def _resolve(words: list[str]) -> tuple[click.Context, click.Command, list[str]]:
    """The command that the words lead to, and those that are left for it."""
    command: click.Command = root()
    context = command.make_context("x", [], resilient_parsing=True)
    while isinstance(command, click.Group):
        name, *words = words
        child = command.get_command(context, name)
        assert child is not None
        command = child
    return context, command, words


def test_the_container_copies_what_there_is() -> None:
    """Every path exists, and is let through by the ignore file."""
    let_through = {
        line[1:]
        for line in (CONTAINER / "Containerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    }

    assert _copied() == let_through
    assert [path for path in _copied() if not (ROOT / path).exists()] == []


def test_the_container_copies_all_that_the_package_is_built_from(tmp_path: Path) -> None:
    """The package is built from the copied files alone, as in the image."""
    for path in _copied():
        to = tmp_path / "src" / path
        to.parent.mkdir(parents=True, exist_ok=True)
        total = (ROOT / path).is_dir()
        shutil.copytree(ROOT / path, to) if total else shutil.copy(ROOT / path, to)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]

    outcome = subprocess.run(build, cwd=tmp_path / "src", capture_output=True, text=True)

    assert (outcome.returncode, len(list(tmp_path.glob("*.whl")))) == (0, 1), outcome.stderr


def _copied() -> set[str]:
    lines = re.findall(r"^COPY (?!--)(.+) \S+$", (CONTAINER / "Containerfile").read_text(), re.M)
    return {path for line in lines for path in line.split()}


def test_the_container_is_not_root_and_has_a_health_check() -> None:
    """The last user holds; compose takes every right away."""
    text = (CONTAINER / "Containerfile").read_text()
    services = yaml.safe_load((CONTAINER / "compose.yaml").read_text())["services"]
    bot = services["bot"]

    assert re.findall(r"^USER (\d+)", text, re.M)[-1] != "0"
    assert "/healthz" in text
    for service in (bot, services["agents"], services["sandbox"]):
        assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)
    assert (CONTAINER / bot["build"]["context"] / bot["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("file", [*UNITS, *(DEPLOY / "container").iterdir()], ids=lambda f: f.name)
def test_every_variable_is_a_setting(file: Path) -> None:
    """`CLICKUP_MLOPS_<TABLE>__<KEY>`, as the settings have it."""
    for table, key in re.findall(r"CLICKUP_MLOPS_([A-Z]+)__([A-Z_]+)", file.read_text()):
        settings = Settings.model_fields[table.lower()].annotation
        assert key.lower() in settings.model_fields  # type: ignore[union-attr]
