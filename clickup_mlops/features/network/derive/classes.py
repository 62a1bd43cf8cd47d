"""Classes of traffic of a network device: what the kernel sends, and what is never dropped."""

from typing import Final

from clickup_mlops.features.metrics.derive.counters import increases
from clickup_mlops.features.metrics.derive.formulas import Measure, gauge, most, rate, ratio
from clickup_mlops.features.metrics.scrape import Window
from clickup_mlops.features.network.derive.rdma_names import LINK
from clickup_mlops.features.network.derive.roce import PORT

_PRIORITIES: Final = 8


def _lossless_sent(window: Window) -> float | None:
    """Per cent of the sent bytes. mlx5 has counters of pauses for lossless priorities alone; where
    all priorities have them, as with bnxt_en and ice, they do not say which are lossless.
    """
    lossless = {
        dict(key).get("priority")
        for name in ("pause_frames", "pause_us")
        for key in window.values(name)
    } - {LINK}
    sent = {
        dict(key).get("priority"): grown
        for key, grown in increases(window, "class_bytes")
        if dict(key).get("direction") == "tx"
    }
    total = sum(sent.values())
    if not lossless or len(lossless) == _PRIORITIES or not total:
        return None
    return 100 * sum(grown for priority, grown in sent.items() if priority in lossless) / total


MEASURES: Final = (
    Measure(
        "kernel_utilisation_pct",
        "%",
        "Busier direction of the kernel's bytes over the line rate.",
        ratio(
            most(rate("kernel_rx_bytes"), rate("kernel_tx_bytes")),
            gauge("kernel_line_bytes_s", of=max),
            factor=100,
        ),
        PORT,
    ),
    Measure(
        "lossless_sent_pct",
        "%",
        "Sent bytes in a class that is paused instead of dropped.",
        _lossless_sent,
        PORT,
    ),
)
