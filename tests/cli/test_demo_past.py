"""What the demo plants in the past shows where it should."""

import pytest

from clickup_mlops.bot.metrics.advice import SCOPE
from clickup_mlops.bot.metrics.history import history
from clickup_mlops.cli._demo import environment, fabric_advice, past
from clickup_mlops.cli._demo.play import evaluate_all
from clickup_mlops.operations.dashboard.build import all_pages, sections
from clickup_mlops.operations.dashboard.model import Data, Query


@pytest.mark.slow
def test_the_host_with_the_bad_port_gets_its_advice() -> None:
    """A comment on its task, and a row on the page Infrastructure; no other host has any."""
    with environment.running() as demo:
        evaluate_all(demo)
        past.write(demo)
        bot, (task_id,) = demo.bot, demo.bot.store.notes.all(SCOPE)
        texts = [one.text for one in bot.client.comments.of_task(task_id)]
        data, page = Data(bot, history(bot, bot.now_ms())), all_pages()["infrastructure"]
        shown = {
            target: [*sections(page, data, Query(bot.now_ms(), target=target), "advice")]
            for target in ("", f"roce/{fabric_advice.HOST}", "roce/gpu-01")
        }

    assert any("bit errors" in text and "Replace the cable or optic" in text for text in texts)
    assert shown["roce/gpu-01"] == []
    for target in ("", f"roce/{fabric_advice.HOST}"):
        (row,) = next(shown[target][0].tables()).rows
        assert row[:2] == (
            "Packets are lost, and the link has bit errors",
            f"device=mlx5_1 host={fabric_advice.HOST} port=1",
        )
