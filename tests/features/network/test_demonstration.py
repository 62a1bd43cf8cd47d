"""What the demo plants in the past shows where it should."""

from collections.abc import Iterator

import pytest

from clickup_mlops.features.dashboard.build import sections
from clickup_mlops.features.metrics.demonstration.past import SERVICES
from clickup_mlops.features.metrics.jobs.advice import SCOPE
from clickup_mlops.features.network.demonstration import HOST
from clickup_mlops.interfaces.cli._demo import environment, past
from clickup_mlops.interfaces.cli._demo.play import evaluate_all
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import Query
from clickup_mlops.store.access import EVERYTHING
from clickup_mlops.views.model import Badge, Link, Number, Section


@pytest.mark.slow
def test_the_host_with_the_bad_port_gets_its_advice() -> None:
    """A comment on its task, and a row on the page Infrastructure; no other host has any. And
    *Now* and *Models* have the same numbers as the tasks.
    """
    with environment.running() as demo:
        evaluate_all(demo)
        past.write(demo)
        bot, (task_id,) = demo.bot, demo.bot.store.notes.all(SCOPE)
        texts = [comment.text for comment in bot.client.comments.of_task(task_id)]
        data, page = (
            open_data(bot, EVERYTHING, bot.now_ms()),
            all_pages()["infrastructure"],
        )
        output = {
            target: [*sections(page, data, Query.of_page(bot.now_ms(), target=target), "advice")]
            for target in ("", f"roce/{HOST}", "roce/gpu-01")
        }
        (now,) = sections(all_pages()["now"], data, Query.of_page(bot.now_ms()), "lane")
        (models,) = sections(all_pages()["model"], data, Query.of_page(bot.now_ms()), "models")

    latencies = dict(_latencies(models))
    assert len(latencies) == len(SERVICES)
    for name, objective, why in _breached(now):
        if name in latencies:
            assert objective.startswith(f"breached: {latencies[name]} of ")
            assert f"P99 latency ms {latencies[name]} " in why
    assert any(
        "correction does not mend" in text and "Replace the cable or optic" in text
        for text in texts
    )
    assert output["roce/gpu-01"] == []
    for target in ("", f"roce/{HOST}"):
        (row,) = next(output[target][0].tables()).rows
        assert row[:2] == (
            "Packets are lost, and the link has errors that correction does not mend",
            f"device=mlx5_1 host={HOST} port=1",
        )


def _latencies(models: Section) -> Iterator[tuple[str, str]]:
    """Of each model, as the table shows it."""
    table = next(models.tables())
    at = [column.title for column in table.columns].index("Latency")
    for row in table.rows:
        name, cell = row[0], row[at]
        assert isinstance(name, Link) and isinstance(cell, Number) and cell.value is not None
        yield name.text, f"{cell.value:.0f}"


def _breached(now: Section) -> Iterator[tuple[str, str, str]]:
    """Task, objective and reason of those in breach."""
    table = next(now.tables())
    titles = [column.title for column in table.columns]
    for row in table.rows:
        cells = dict(zip(titles, row, strict=True))
        name, objective, why = cells["Task"], cells["SLO"], cells["Why"]
        if isinstance(objective, Badge) and objective.tone == "bad":
            assert isinstance(name, Link) and isinstance(why, str)
            yield name.text, objective.text, why
