"""Ports and queues of switches, from canonical counter names.

Sources give them the names below: `tx_bytes`, `rx_bytes`, `rate_bytes_s`, `is_up`, `rx_packets`,
`tx_packets`, `rx_drops`, `tx_drops`, `rx_errors`, `fec_errors` of an interface; with `_word` after
their names those that have 32 bits, and `uptime` to tell a restart from a wrap; `speed_bytes_s`
where it says no other rate; with the label `priority` `pause_rx` and `pause_tx` (frames),
`pause_rx_us` and `pause_tx_us`; with the label `queue` `queue_bytes`, `queue_packets`,
`queue_drops`, `queue_marked` and `queue_peak_bytes`; `buffer_peak_bytes` of a priority's buffer;
and of the optic `optic_rx_dbm`, `optic_tx_dbm` and `optic_c`.
"""

from collections.abc import Callable
from typing import Final

from clickup_mlops.features.metrics.derive.counters import WORD, increases
from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import (
    Measure,
    Number,
    first,
    gauge,
    increase,
    rate,
    ratio,
)
from clickup_mlops.features.metrics.scrape import Window

_PPM: Final = 1e6
_LEAST_FRAME_BYTES: Final = 64
_line_rate: Final = gauge("rate_bytes_s", "speed_bytes_s", of=max)


def _word(formula: Callable[..., Number], counter: str) -> Number:
    """Of a counter of 32 bits: if it fell, it wrapped, unless the switch has restarted."""
    wrapped, restarted = formula(f"{counter}_word", wraps_at=WORD), formula(f"{counter}_word")

    def of_word(window: Window) -> float | None:
        is_new = any(now < before for _key, before, now in window.pairs("uptime"))
        return (restarted if is_new else wrapped)(window)

    return of_word


def _unwrapped(formula: Callable[..., Number], counter: str, *, unit_bytes: int) -> Number:
    """Of a counter of 32 bits only where the line is too slow for half of its range in the window:
    if it fell, it wrapped once. `unit_bytes`: the least that it counts as 1.
    """
    word_formula = _word(formula, counter)

    def of_word(window: Window) -> float | None:
        line = _line_rate(window)
        if not line or line / unit_bytes * window.seconds >= WORD / 2:
            return None
        return word_formula(window)

    return first(formula(counter), of_word)


def _bytes_per_s(counter: str) -> Number:
    return _unwrapped(rate, counter, unit_bytes=1)


def _packets(counter: str) -> Number:
    return _unwrapped(increase, counter, unit_bytes=_LEAST_FRAME_BYTES)


def _lost_ppm(counter: str, packets: str) -> Number:
    """What is lost is so little of what the line carries that it wraps once at most."""
    losses = first(increase(counter), _word(increase, counter))
    return ratio(losses, _packets(packets), factor=_PPM)


def _utilisation(counter: str) -> Number:
    return ratio(_bytes_per_s(counter), _line_rate, factor=100)


def _paused(counter: str) -> Number:
    """Percent of time; the most paused priority counts, as they pause one by one."""

    def formula(window: Window) -> float | None:
        paused = [grown for _key, grown in increases(window, counter)]
        return 100 * max(paused) / 1e6 / window.seconds if paused else None

    return formula


def interfaces(*by: str) -> tuple[Measure, ...]:
    """Of each interface, which these labels name."""
    return (
        defined("switch_port_is_up", gauge("is_up", of=max), *by),
        defined("switch_line_rate_bytes_s", _line_rate, *by),
        defined("switch_sent_bytes_s", _bytes_per_s("tx_bytes"), *by),
        defined("switch_received_bytes_s", _bytes_per_s("rx_bytes"), *by),
        defined("switch_sent_utilisation_pct", _utilisation("tx_bytes"), *by),
        defined("switch_received_utilisation_pct", _utilisation("rx_bytes"), *by),
        defined("switch_sent_drops_ppm", _lost_ppm("tx_drops", "tx_packets"), *by),
        defined("switch_received_drops_ppm", _lost_ppm("rx_drops", "rx_packets"), *by),
        defined("switch_received_errors_ppm", _lost_ppm("rx_errors", "rx_packets"), *by),
        defined("switch_pause_frames_received_per_s", rate("pause_rx"), *by),
        defined("switch_pause_frames_sent_per_s", rate("pause_tx"), *by),
        defined("switch_pause_received_pct", _paused("pause_rx_us"), *by),
        defined("switch_pause_sent_pct", _paused("pause_tx_us"), *by),
        defined("switch_post_fec_errors_per_s", rate("fec_errors"), *by),
        defined("switch_links_down", increase("link_downs"), *by),
        defined("switch_optic_received_dbm", gauge("optic_rx_dbm", of=min, signed=True), *by),
        defined("switch_optic_sent_dbm", gauge("optic_tx_dbm", of=min, signed=True), *by),
        defined("switch_optic_temperature_c", gauge("optic_c", of=max, signed=True), *by),
    )


def queues(*by: str) -> tuple[Measure, ...]:
    """Of each queue, which these labels name."""
    return (
        defined("queue_sent_bytes_s", rate("queue_bytes"), *by),
        defined("queue_drops_per_s", rate("queue_drops"), *by),
        defined(
            "queue_ecn_marked_pct",
            ratio(increase("queue_marked"), increase("queue_packets"), factor=100),
            *by,
        ),
        defined("queue_ecn_marked_per_s", rate("queue_marked"), *by),
        defined("queue_peak_bytes", gauge("queue_peak_bytes", of=max), *by),
        defined("pfc_watchdog_storms", increase("queue_storms"), *by),
    )


def buffers(*by: str) -> tuple[Measure, ...]:
    """Of each priority's receiving buffer, which these labels name."""
    return (defined("buffer_peak_bytes", gauge("buffer_peak_bytes", of=max), *by),)
