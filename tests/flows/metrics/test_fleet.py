"""A fleet's recorded measures, read from Prometheus, are on the page Infrastructure."""

import json
from pathlib import Path

from clickup_mlops.features.dashboard.build import sections
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import Query
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.access import EVERYTHING
from tests.flows.conftest import settings_for, working
from tests.flows.metrics.conftest import push
from tests.http_server import Handler, serving
from tests.ports import BoundPort

PORT = {"host": "gpu-01", "device": "mlx5_0", "port": "1"}
RECORDED = {
    "link_utilisation_pct": (PORT, 62),
    "pause_received_pct": (PORT, 3),
    "rail_balance": ({"host": "gpu-01"}, 0.9),
    "tensor_active_pct": ({"host": "gpu-01", "gpu": "0"}, 41),
}


class Recorded(Handler):
    """Prometheus, with the shipped rules."""

    def get(self) -> None:
        result = [
            {"metric": {"__name__": f"clickup_mlops:{name}", **labels}, "value": [0, str(value)]}
            for name, (labels, value) in RECORDED.items()
        ]
        answer = {"status": "success", "data": {"resultType": "vector", "result": result}}
        self.answer(200, json.dumps(answer).encode())


def test_a_fleet_is_on_the_page_by_host(clickup_sandbox: Sandbox, tmp_path: Path) -> None:
    """Ports, balance and GPUs, without one exporter being configured, and without a task."""
    port, clock = BoundPort(), clickup_sandbox.control.clock
    clock.freeze(clock.now_ms())
    with serving(Recorded) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        source = {"kind": "prometheus", "url": url, "recorded": ["*"]}
        settings = settings_for(
            clickup_sandbox, tmp_path, port, metrics={"sources": {"fleet": source}}
        )
        sleep = lambda seconds: clock.advance(int(seconds * 1000))  # noqa: E731
        with working(clickup_sandbox, settings, port, clock=clock.now_ms, sleep=sleep) as team:
            push(team)
            data = open_data(team.bot, EVERYTHING, team.bot.now_ms())
            page, query = all_pages()["infrastructure"], Query.of_page(team.bot.now_ms())
            rows = {
                name: next(section.tables()).rows[0]
                for name in ("network", "balance", "gpu")
                for section in sections(page, data, query, name)
            }

    assert rows["network"][:2] == ("fleet/gpu-01", "device=mlx5_0 port=1")
    assert rows["balance"][0] == "fleet/gpu-01"
    assert rows["gpu"][0] == "fleet/gpu-01"
