"""Health of RDMA ports, from canonical counter names.

Sources of these counters (sysfs, exporters, `ethtool -S`) give them the names of the kernel's files
in `hw_counters` and those below, whatever their own names are: `rx_bytes`, `tx_bytes`,
`rx_packets`, `tx_packets` of the RDMA port, `rate_bytes_s` its line rate, and of the network device
`pause_frames` and `pause_us` (labels `direction`, `priority`), `rx_discards_phy`, `pci_stalled_s`,
`rx_bits`, `corrected_bits`, `symbol_errors`. Units are in the measures' names.
"""

from functools import partial
from typing import Final

from clickup_mlops.features.metrics.derive.balance import of_members
from clickup_mlops.features.metrics.derive.counters import WORD, increases
from clickup_mlops.features.metrics.derive.formulas import (
    Measure,
    Number,
    Where,
    first,
    gauge,
    increase,
    rate,
    ratio,
    total,
)
from clickup_mlops.features.metrics.scrape import Window

PORT: Final = ("device", "port")
PART_PER_MILLION: Final = 1e6
_NOISE: Final = 0.05
"""Below this mean utilisation the balance says nothing."""
_word_rate, _word_increase = partial(rate, wraps_at=WORD), partial(increase, wraps_at=WORD)
_received_packets, _sent_packets = increase("rx_packets"), increase("tx_packets")
_retransmissions = total(
    _word_increase("packet_seq_err"),
    _word_increase("local_ack_timeout_err"),
    _word_increase("implied_nak_seq_err"),
    _word_increase("roce_adp_retrans"),
)


def _busier_direction(window: Window) -> float | None:
    rates = [direction(window) for direction in (rate("tx_bytes"), rate("rx_bytes"))]
    line, measured = (
        gauge("rate_bytes_s")(window),
        [direction for direction in rates if direction is not None],
    )
    return 100 * max(measured) / line if measured and line else None


def _paused(direction: str) -> Number:
    """Percent of time; the most paused priority counts, as they pause one by one."""
    where: Where = {"direction": direction}

    def formula(window: Window) -> float | None:
        paused = [
            grown
            for key, grown in increases(window, "pause_us")
            if where.items() <= dict(key).items()
        ]
        return 100 * max(paused) / 1e6 / window.seconds if paused else None

    return formula


def _shares(window: Window) -> list[float]:
    """Each port's sent bytes per second over its line rate."""
    lines = window.values("rate_bytes_s")
    rates = ((key, grown / window.seconds) for key, grown in increases(window, "tx_bytes"))
    return [bytes_per_s / lines[key] for key, bytes_per_s in rates if lines.get(key)]


MEASURES: Final = (
    Measure(
        "link_utilisation_pct",
        "%",
        "Busier direction's bytes over the line rate.",
        _busier_direction,
        PORT,
    ),
    Measure(
        "cnp_sent_per_s",
        "1/s",
        "Congestion notifications this receiver sent.",
        rate("np_cnp_sent"),
        PORT,
    ),
    Measure(
        "cnp_handled_per_s",
        "1/s",
        "Congestion notifications that slowed this sender.",
        rate("rp_cnp_handled"),
        PORT,
    ),
    Measure(
        "cnp_ignored_per_s",
        "1/s",
        "Congestion notifications this sender ignored: must be 0.",
        rate("rp_cnp_ignored"),
        PORT,
    ),
    Measure(
        "ecn_marked_pct",
        "%",
        "Received packets that a switch had marked.",
        ratio(increase("np_ecn_marked_roce_packets"), _received_packets, factor=100),
        PORT,
    ),
    Measure(
        "pause_received_pct",
        "%",
        "Time for which the network had this port pause.",
        _paused("rx"),
        PORT,
    ),
    Measure(
        "pause_sent_pct",
        "%",
        "Time for which this host had the switch pause.",
        _paused("tx"),
        PORT,
    ),
    Measure(
        "pause_storms",
        "events",
        "Pauses so long that they were switched off: must be 0.",
        increase("pause_storm_errors"),
        PORT,
    ),
    Measure(
        "out_of_sequence_ppm",
        "ppm",
        "Received packets after a gap.",
        ratio(_word_increase("out_of_sequence"), _received_packets, factor=PART_PER_MILLION),
        PORT,
    ),
    Measure(
        "retransmission_ppm",
        "ppm",
        "Sent packets that had to be sent again.",
        ratio(_retransmissions, _sent_packets, factor=PART_PER_MILLION),
        PORT,
    ),
    Measure(
        "ack_timeouts_ppm",
        "ppm",
        "Sent packets whose acknowledgement did not come in time.",
        ratio(_word_increase("local_ack_timeout_err"), _sent_packets, factor=PART_PER_MILLION),
        PORT,
    ),
    Measure(
        "sequence_errors_ppm",
        "ppm",
        "Sent packets that the receiver reported as missing.",
        ratio(_word_increase("packet_seq_err"), _sent_packets, factor=PART_PER_MILLION),
        PORT,
    ),
    Measure(
        "receive_loss_ppm",
        "ppm",
        "Received packets dropped by port or queue.",
        ratio(
            total(increase("rx_discards_phy"), _word_increase("out_of_buffer")),
            _received_packets,
            factor=PART_PER_MILLION,
        ),
        PORT,
    ),
    Measure(
        "receiver_not_ready_per_s",
        "1/s",
        "Messages for which no receive buffer was posted.",
        _word_rate("rnr_nak_retry_err"),
        PORT,
    ),
    Measure(
        "pcie_stalled_pct",
        "%",
        "Seconds in which PCIe held writes up.",
        rate("pci_stalled_s", factor=100),
        PORT,
    ),
    Measure(
        "bit_error_rate",
        "errors/bit",
        "Corrected or symbol errors over received bits.",
        ratio(first(increase("corrected_bits"), increase("symbol_errors")), increase("rx_bits")),
        PORT,
    ),
    Measure(
        "links_down",
        "events",
        "Times the link went down.",
        increase("link_downed"),
        PORT,
    ),
    Measure(
        "rail_balance",
        "index",
        "Jain's index over the host's ports: 1 is even.",
        of_members(_shares, lambda spread: spread.jain, least=_NOISE),
    ),
    Measure(
        "rail_balance_efficiency_pct",
        "%",
        "Capacity reachable before the hottest port is full.",
        of_members(_shares, lambda spread: 100 * spread.efficiency, least=_NOISE),
    ),
    Measure(
        "rail_peak",
        "ratio",
        "Hottest port over the mean.",
        of_members(_shares, lambda spread: spread.peak, least=_NOISE),
    ),
)
"""Per port, and over the ports of a host. Unknown where a counter is absent."""
