"""The table of models and services: its columns, what is in it, and that all of it is reachable."""

import pytest

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.metrics.pages.model.models import MOST
from clickup_mlops.ports.sections.cells import digits
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.routing.decision import Decision
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views.cells import format_cell
from clickup_mlops.views.model import Link, Number, Table
from tests.features.dashboard.measured.conftest import (
    NOW,
    WORKSPACE,
    column,
    known,
    measured,
    of_field,
    query,
    shown,
    table,
    task,
)


def models(bot: Bot, **options: str) -> Table:
    return table(shown(bot, "model", query(options=options))["models"], "models")


def series(task_id: str, field: str, measure: str, unit: str = "%") -> Series:
    return Series(WORKSPACE, "vllm", measure, f"model_name={task_id}", task_id, field, unit)


def names(models_table: Table) -> list[str]:
    return [cell.text for cell in column(models_table, "Model") if isinstance(cell, Link)]


def test_errors_and_availability_are_two_columns(bot: Bot) -> None:
    """A model that has only one of them has nothing in the other."""
    for name in ("both", "available"):
        known(bot, task(name, name))
        measured(bot, {series(name, "Availability %", "up"): 99.97}, minutes=5)
    measured(bot, {of_field("both", "Error rate %"): 0.4}, minutes=5)

    result = models(bot)
    assert names(result) == ["available", "both"]
    available, errors = column(result, "Availability"), column(result, "Errors")
    assert [format_cell(cell) for cell in available] == ["99.97%", "99.97%"]
    assert errors == [None, Number(0.4, "%", 3)]


@pytest.mark.parametrize(
    ("value", "shown_as"), [(99.97, "99.97"), (99.997, "99.997"), (99.5, "99.5"), (100.0, "100")]
)
def test_an_availability_is_not_rounded_to_all(value: float, shown_as: str) -> None:
    """Nor is one of 100% taken for less."""
    assert f"{value:.{digits(value, '%')}f}" == shown_as


def test_each_of_two_hundred_models_is_reachable(bot: Bot) -> None:
    """By pages, and by a part of its name."""
    every = [f"m{number:03}" for number in range(2 * MOST)]
    known(bot, *(task(name, name) for name in every))
    measured(bot, {of_field(name, "Requests per s"): 1.0 for name in every}, minutes=2)

    pages = [names(models(bot, page=str(number))) for number in (1, 2)]
    assert sorted(pages[0] + pages[1]) == every
    assert names(models(bot, search="M199")) == ["m199"]


def test_findings_about_the_fabric_are_no_models(bot: Bot) -> None:
    """By what is measured, or by how they are classified; a gateway with an objective is one."""
    bare = {"custom_fields": []}
    known(
        bot,
        task("port", "leaf-7 port 3"),
        task("finding", "Pause time on rack 4") | bare,
        task("gateway", "Speech gateway"),
    )
    for name in ("finding", "gateway"):
        decided = Decision(name, 3, None, "infra", "normal", "infra.normal")
        bot.store.decisions.put(name, decided.to_dict(), "k", NOW)
    measured(bot, {series("port", "ECN marked %", "ecn_marked_pct"): 1.0}, minutes=5)
    measured(bot, {series("finding", "Pause time %", "max(pause)"): 1.0}, minutes=5)
    measured(bot, {of_field("gateway", "P99 latency ms"): 90.0}, minutes=5)

    assert names(models(bot)) == ["Speech gateway"]


def test_pages_without_a_range_offer_none() -> None:
    """Those whose numbers are of now, or always of the same weeks."""
    result = {key for key, page in all_pages().items() if not page.type.has_range}
    assert result == {
        "now",
        "flow",
        "automations",
        "training",
        "bottlenecks",
        "proposals",
        "start",
    }
