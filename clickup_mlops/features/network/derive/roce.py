"""Health of RDMA ports, from canonical counter names.

Sources of these counters (sysfs, exporters, `ethtool -S`) give them the names of the kernel's files
in `hw_counters` and those below, whatever their own names are: `rx_bytes`, `tx_bytes`,
`rx_packets`, `tx_packets` of the RDMA port, `rate_bytes_s` its line rate and `lane_bytes_s` that of
a lane, `retransmitted_packets` if they are counted, and of the network device `pause_frames` and
`pause_us` (labels `direction`, `priority`), `rx_discards_phy`, `tx_discards_phy`, `crc_errors`,
`pci_stalled_s`, `rx_bits`, `corrected_bits`, `symbol_errors`. `state` is 4 where the port is
active. Units are in the measures' names.
"""

from collections.abc import Callable
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
    most,
    rate,
    ratio,
    total,
)
from clickup_mlops.features.metrics.scrape import Window
from clickup_mlops.features.network.derive.rdma_names import ACTIVE

PORT: Final = ("device", "port")
PART_PER_MILLION: Final = 1e6
_IDLE: Final = 0.01
"""Below this utilisation a port carries nothing but keep-alives."""
_NOISE: Final = 0.05
"""Below this mean utilisation the balance says nothing."""
_word_rate, _word_increase = partial(rate, wraps_at=WORD), partial(increase, wraps_at=WORD)
_received_packets, _sent_packets = increase("rx_packets"), increase("tx_packets")
_retransmissions = first(
    increase("retransmitted_packets"),
    total(
        _word_increase("packet_seq_err"),
        _word_increase("local_ack_timeout_err"),
        _word_increase("implied_nak_seq_err"),
        _word_increase("roce_adp_retrans"),
    ),
)
"""What the adapter counts as such, or else the reasons for it."""


def _utilisation(counter: str) -> Number:
    """Of one direction, in percent of the line rate."""
    return ratio(rate(counter), gauge("rate_bytes_s"), factor=100)


def _is_up(window: Window) -> float | None:
    state = gauge("state", of=max)(window)
    return None if state is None else float(state == ACTIVE)


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


def _shares(counter: str) -> Callable[[Window], list[float]]:
    """Bytes per second over the line rate, of each port that is a member: up, of the host's fastest
    ports, and in use. What is slower serves something else, and an idle port says nothing.
    """

    def formula(window: Window) -> list[float]:
        lines, states = window.values("rate_bytes_s"), window.values("state")
        fastest = max(lines.values(), default=0.0)
        rates = ((key, grown / window.seconds) for key, grown in increases(window, counter))
        shares = (
            bytes_per_s / fastest
            for key, bytes_per_s in rates
            if fastest and lines.get(key) == fastest and states.get(key, ACTIVE) == ACTIVE
        )
        return [share for share in shares if share >= _IDLE]

    return formula


MEASURES: Final = (
    Measure("port_is_up", "1 or 0", "Whether the port is active.", _is_up, PORT),
    Measure("line_rate_bytes_s", "bytes/s", "One way.", gauge("rate_bytes_s", of=max), PORT),
    Measure("lane_rate_bytes_s", "bytes/s", "Of a lane.", gauge("lane_bytes_s", of=max), PORT),
    Measure("sent_bytes_s", "bytes/s", "Sent bytes.", rate("tx_bytes"), PORT),
    Measure("received_bytes_s", "bytes/s", "Received bytes.", rate("rx_bytes"), PORT),
    Measure(
        "sent_utilisation_pct",
        "%",
        "Sent bytes over the line rate.",
        _utilisation("tx_bytes"),
        PORT,
    ),
    Measure(
        "received_utilisation_pct",
        "%",
        "Received bytes over the line rate.",
        _utilisation("rx_bytes"),
        PORT,
    ),
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
        "pause_frames_received_per_s",
        "1/s",
        "Pause frames of the switch.",
        rate("pause_frames", where={"direction": "rx"}),
        PORT,
    ),
    Measure(
        "pause_frames_sent_per_s",
        "1/s",
        "Pause frames of this host.",
        rate("pause_frames", where={"direction": "tx"}),
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
        "send_loss_ppm",
        "ppm",
        "Packets to send that the port dropped.",
        ratio(
            first(increase("tx_discards_phy"), increase("port_xmit_discards")),
            _sent_packets,
            factor=PART_PER_MILLION,
        ),
        PORT,
    ),
    Measure(
        "crc_errors_ppm",
        "ppm",
        "Received packets with a wrong checksum.",
        ratio(increase("crc_errors"), _received_packets, factor=PART_PER_MILLION),
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
        "pre_fec_bit_error_rate",
        "errors/bit",
        "Bits that error correction repaired, over received bits.",
        ratio(increase("corrected_bits"), increase("rx_bits")),
        PORT,
    ),
    Measure(
        "post_fec_symbol_error_rate",
        "errors/bit",
        "Symbols that it could not repair, over received bits: must be 0.",
        ratio(increase("symbol_errors"), increase("rx_bits")),
        PORT,
    ),
    Measure(
        "links_down",
        "events",
        "Times the link went down.",
        most(increase("link_downed"), increase("link_down_events")),
        PORT,
    ),
    Measure(
        "rail_balance",
        "index",
        "Jain's index over what the host sends on its fastest ports: 1 is even.",
        of_members(_shares("tx_bytes"), lambda spread: spread.jain, least=_NOISE),
    ),
    Measure(
        "rail_received_balance",
        "index",
        "Jain's index over what the host receives on its fastest ports.",
        of_members(_shares("rx_bytes"), lambda spread: spread.jain, least=_NOISE),
    ),
    Measure(
        "rail_balance_efficiency_pct",
        "%",
        "Capacity reachable before the hottest port is full.",
        of_members(_shares("tx_bytes"), lambda spread: 100 * spread.efficiency, least=_NOISE),
    ),
    Measure(
        "rail_peak",
        "ratio",
        "Hottest port over the mean.",
        of_members(_shares("tx_bytes"), lambda spread: spread.peak, least=_NOISE),
    ),
)
"""Per port, and over the ports of a host. Unknown where a counter is absent."""
