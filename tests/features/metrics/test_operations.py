"""What commands do with sources: how often they scrape them."""

from pathlib import Path

import pytest

from clickup_mlops.features.metrics import operations
from clickup_mlops.features.metrics.settings import MetricsSettings

UNREACHABLE = {"kind": "vllm", "url": "http://127.0.0.1:9/metrics"}


@pytest.mark.parametrize(("names", "waits"), [(["numbers"], 0), (["chat"], 1), ([], 1)])
def test_a_second_scrape_is_made_only_where_there_can_be_rates(
    names: list[str], waits: int, tmp_path: Path
) -> None:
    """A file of numbers has none: nobody waits for its second scrape."""
    path = tmp_path / "numbers.json"
    path.write_text('[{"p99": 120}]', encoding="utf-8")
    numbers = {"kind": "file", "path": str(path)}
    settings = MetricsSettings.model_validate(
        {"sources": {"numbers": numbers, "chat": UNREACHABLE}}
    )
    calls: list[int] = []

    operations.scrape(settings, names, now_ms=lambda: 1, wait=lambda: calls.append(1))

    assert len(calls) == waits
