"""What is known beside the bot's store: a real Prometheus' past, and two rounds of the survey."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.features.impact.evidence import RangeHours
from clickup_mlops.features.impact.operations.measuring import Beside, Impact, measure_periods
from clickup_mlops.features.impact.operations.surveys import read_round
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.sources.prometheus import Settings
from clickup_mlops.ports.sections.model import Period
from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli, cli, connected
from tests.own_prometheus import Exporter, prometheus

__all__ = ["cli", "connected"]
HOUR_S = 3_600
END_S = int(time.time()) // HOUR_S * HOUR_S
CHANGE_S, START_S = END_S - 48 * HOUR_S, END_S - 96 * HOUR_S
WORKSPACE = "900"


def past() -> str:
    """Two ports at 30 and 40%, then at 50 and 60%: busier by 20 points in the mean."""
    lines = ["# TYPE roce_busy_pct gauge"]
    for port, base in (("1", 30), ("2", 40)):
        for at in range(START_S, END_S, 60):
            value = base + (20 if at >= CHANGE_S else 0) + at // HOUR_S % 3
            lines.append(f'roce_busy_pct{{port="{port}"}} {value} {at}')
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool: install the package prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    text = folder / "past.txt"
    text.write_text(past(), encoding="utf-8")
    command = [tool, "tsdb", "create-blocks-from", "openmetrics", str(text), str(folder / "data")]
    subprocess.run(command, check=True, capture_output=True)
    exporter = Exporter("other")
    with prometheus(exporter, folder) as result:
        yield result
    exporter.stop()


def measured(store: Store, beside: Beside) -> Impact:
    before = Period("range", "before", START_S * 1000, CHANGE_S * 1000)
    now = Period("range", "now", CHANGE_S * 1000, END_S * 1000)
    return measure_periods(store, WORKSPACE, before, now, beside)


def ranges(url: str) -> RangeHours:
    queries = {"link_utilisation_pct": "roce_busy_pct"}
    table = Settings(kind="prometheus", url=url, queries=queries)
    return RangeHours({"prom": table}, WorldReader())


@pytest.mark.services
def test_hours_before_the_bot_come_from_prometheus(store: Store, address: str) -> None:
    """The mean of both ports in each hour; what has no query is not enough data."""
    impact = measured(store, Beside(ranges(address)))
    effects = {effect.name: effect for effect in impact.effects}
    busy = effects["link_utilisation"]

    assert busy.before and busy.now and busy.change
    assert busy.before.value == pytest.approx(36, abs=1)
    assert busy.now.value == pytest.approx(56, abs=1)
    assert (busy.count_before, busy.count_now) == (48, 48)
    assert effects["bus_bandwidth"].change is None
    assert impact.problems == ()


def test_a_prometheus_that_does_not_answer_is_named_once(store: Store) -> None:
    """And the measures are not enough data."""
    impact = measured(store, Beside(ranges("http://127.0.0.1:9")))
    (problem,) = impact.problems

    assert "prom" in problem
    assert all(effect.change is None for effect in impact.effects)


def write_round(file: Path, values: list[int]) -> Path:
    people = [f"{{ tools = {value}, reopened = {value}, lost_hours = 7 }}" for value in values]
    file.write_text(f'role = "mlops"\nanswers = [{", ".join(people)}]\n', encoding="utf-8")
    return file


def test_friction_comes_from_two_rounds_of_the_survey(store: Store, tmp_path: Path) -> None:
    """The mean of what people agree stands in their way; hours are no agreement."""
    before = read_round(write_round(tmp_path / "a.toml", [4, 5, 4, 5, 4, 5, 4]))
    now = read_round(write_round(tmp_path / "b.toml", [2, 1, 2, 2, 1, 2, 2]))
    impact = measured(store, Beside(answers=(before, now)))
    (effect,) = [effect for effect in impact.effects if effect.name == "friction"]

    assert effect.change and effect.is_clear
    assert effect.before and effect.now
    assert (effect.before.value, effect.now.value) == (4.0, 2.0)


def test_a_role_of_fewer_than_five_says_nothing(tmp_path: Path) -> None:
    assert read_round(write_round(tmp_path / "a.toml", [4, 5, 4, 5])) == []


def test_the_command_takes_two_rounds(connected: Cli, tmp_path: Path) -> None:
    """As files or folders; a file that is none is named."""
    for name in ("before", "now"):
        (tmp_path / name).mkdir()
        write_round(tmp_path / name / "mlops.toml", [3, 4, 3, 4, 3])
    before, now = str(tmp_path / "before"), str(tmp_path / "now")
    ran = connected("impact", "2026-06-01", "--survey", before, now)

    assert ran.code == 0
    assert "Friction" in ran.out
    absent = connected("impact", "2026-06-01", "--survey", before, str(tmp_path / "absent.toml"))
    assert absent.code == 1 and "absent.toml" in absent.err
