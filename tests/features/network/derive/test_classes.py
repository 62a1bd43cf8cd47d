"""Which part of what a port sends is lossless, by the counters of each driver."""

import pytest

from clickup_mlops.features.metrics.derive.formulas import read
from clickup_mlops.features.metrics.scrape import Sample, Scrape, Window, labels
from clickup_mlops.features.network.derive.classes import MEASURES
from clickup_mlops.features.network.derive.rdma_names import node_exporter

MLX5 = ("transmitted_prio{}_bytes", "received_prio{}_pause")
BNXT = ("transmitted_bytes_pri{}", "received_pfc_ena_frames_pri{}")


def lossless(names: tuple[str, str], paused: range) -> list[float]:
    """Of a port that sends a quarter in priority 3 and the rest in 0."""

    def page(sent: dict[int, float]) -> Scrape:
        counters = {names[0].format(at): sent.get(at, 0.0) for at in range(8)}
        counters |= {names[1].format(at): 0.0 for at in paused}
        samples = (
            Sample(f"node_ethtool_{name}", labels(device="ens1"), value)
            for name, value in counters.items()
        )
        return Scrape(30_000 if sent else 0, tuple(node_exporter(samples)))

    window = Window(page({0: 75.0, 3: 25.0}), page({}))
    return [entry.value for entry in read(MEASURES, window) if entry.measure == "lossless_sent_pct"]


def test_pauses_of_the_whole_link_say_nothing_of_classes() -> None:
    """They stop all of them."""
    link = ("transmitted_prio{}_bytes", "received_global_pause")
    assert lossless(link, range(1)) == []


def test_the_class_that_is_paused_is_lossless() -> None:
    """mlx5 counts pauses of such priorities alone."""
    assert lossless(MLX5, range(3, 4)) == [pytest.approx(25)]


def test_a_driver_that_counts_pauses_of_all_priorities_does_not_say_which_are_lossless() -> None:
    """Broadcom and Intel: all of it would be lossless, whatever class a host sends in."""
    assert lossless(BNXT, range(8)) == []
