"""Ports of switches, their queues, and groups of uplinks."""

from functools import partial
from typing import Final

from clickup_mlops.features.metrics.quantity import Quantity

_port, _queue = partial(Quantity, scope="switch port"), partial(Quantity, scope="queue")
_sent, _received = partial(_port, direction="sent"), partial(_port, direction="received")
_sent_queue = partial(_queue, direction="sent")
_received_queue = partial(_queue, direction="received")
_group = partial(Quantity, scope="uplink group", direction="sent")

QUANTITIES: Final = (
    _port("switch_port_is_up", "1 or 0", meaning="Whether the port has a link and may send."),
    _port("switch_line_rate_bytes_s", "bytes/s", meaning="What the link could carry one way."),
    _sent("switch_sent_bytes_s", "bytes/s", meaning="Bytes that left the switch here."),
    _received("switch_received_bytes_s", "bytes/s", meaning="Bytes that came in here."),
    _sent("switch_sent_utilisation_pct", "%", meaning="Sent bytes over the line rate."),
    _received("switch_received_utilisation_pct", "%", meaning="Received bytes over the line rate."),
    _sent("switch_sent_drops_ppm", "ppm", meaning="Packets to send that were dropped."),
    _received("switch_received_drops_ppm", "ppm", meaning="Received packets that were dropped."),
    _received("switch_received_errors_ppm", "ppm", meaning="Received packets that were damaged."),
    _received(
        "switch_pause_frames_received_per_s", "1/s", meaning="Pause frames of the neighbour."
    ),
    _sent("switch_pause_frames_sent_per_s", "1/s", meaning="Pause frames to the neighbour."),
    _received(
        "switch_pause_received_pct", "%", meaning="Time for which the neighbour had it pause."
    ),
    _sent(
        "switch_credit_wait_pct",
        "%",
        meaning="What it could not send here for want of credits, over the line rate: InfiniBand.",
    ),
    _sent("switch_pause_sent_pct", "%", meaning="Time for which it had the neighbour pause."),
    _received(
        "switch_pre_fec_bit_error_rate",
        "errors/bit",
        meaning="Bits that error correction repaired, over received bits.",
    ),
    _received(
        "switch_post_fec_errors_per_s",
        "1/s",
        meaning="Code words that error correction could not repair: must be 0.",
    ),
    _port("switch_links_down", "events", meaning="Times the link went down."),
    _received("switch_optic_received_dbm", "dBm", meaning="Light that the optic receives."),
    _sent("switch_optic_sent_dbm", "dBm", meaning="Light that the optic sends."),
    _port("switch_optic_temperature_c", "°C", meaning="Temperature of the optic."),
    _sent_queue("queue_sent_bytes_s", "bytes/s", meaning="Bytes that left by this queue."),
    _sent_queue("queue_drops_per_s", "1/s", meaning="Packets that this queue dropped."),
    _sent_queue("queue_ecn_marked_pct", "%", meaning="Packets that this queue marked."),
    _sent_queue("queue_ecn_marked_per_s", "1/s", meaning="Packets that this queue marked."),
    _sent_queue("queue_peak_bytes", "bytes", meaning="Fullest that the queue was in the window."),
    _received_queue(
        "buffer_peak_bytes", "bytes", meaning="Fullest that the priority's buffer was."
    ),
    _sent_queue("pfc_watchdog_storms", "events", meaning="Queues shut by the PFC watchdog."),
    _group(
        "uplink_balance", "index", meaning="Jain's index over the members' sent load: 1 is even."
    ),
    _group(
        "uplink_balance_efficiency_pct",
        "%",
        meaning="Part of the group's capacity that is reachable before the hottest member is full.",
    ),
    _group("uplink_peak", "ratio", meaning="Hottest member over the mean."),
    Quantity("uplink_members_up", "links", "uplink group", "Members that are up."),
    Quantity("uplink_members", "links", "uplink group", "Members that it has."),
    _group("flows_per_link", "flows", meaning="Flows over members."),
    _group(
        "order_kept",
        "correlation",
        meaning="Rank correlation of the members' load with that of the window before.",
    ),
)
