"""Ports of hosts: RDMA devices and their network devices."""

from functools import partial
from typing import Final

from clickup_mlops.features.metrics.quantity import Quantity

_port = partial(Quantity, scope="port")
_sent, _received = partial(_port, direction="sent"), partial(_port, direction="received")

QUANTITIES: Final = (
    _port("port_is_up", "1 or 0", meaning="Whether the port has a link and may send."),
    _port("line_rate_bytes_s", "bytes/s", meaning="What the link could carry one way."),
    _port("lane_rate_bytes_s", "bytes/s", meaning="What one lane of the link carries one way."),
    _sent("sent_bytes_s", "bytes/s", meaning="Sent bytes."),
    _received("received_bytes_s", "bytes/s", meaning="Received bytes."),
    _sent("sent_utilisation_pct", "%", meaning="Sent bytes over the line rate."),
    _received("received_utilisation_pct", "%", meaning="Received bytes over the line rate."),
    _port(
        "link_utilisation_pct",
        "%",
        meaning="The busier direction's bytes over the line rate.",
        direction="both",
    ),
    _sent("cnp_sent_per_s", "1/s", meaning="Congestion notifications this receiver sent."),
    _received(
        "cnp_handled_per_s", "1/s", meaning="Congestion notifications that slowed this sender."
    ),
    _received(
        "cnp_ignored_per_s",
        "1/s",
        meaning="Congestion notifications this sender ignored: must be 0.",
    ),
    _received("ecn_marked_pct", "%", meaning="Received packets that a switch had marked."),
    _received("pause_received_pct", "%", meaning="Time for which the network had this port pause."),
    _sent("pause_sent_pct", "%", meaning="Time for which this host had the switch pause."),
    _sent(
        "credit_wait_pct",
        "%",
        meaning="What the port could not send for want of credits, over the line rate: InfiniBand.",
    ),
    _received("pause_frames_received_per_s", "1/s", meaning="Pause frames of the switch."),
    _sent("pause_frames_sent_per_s", "1/s", meaning="Pause frames of this host."),
    _sent(
        "pause_storms",
        "events",
        meaning="Pauses so long that they were switched off: must be 0.",
    ),
    _received("out_of_sequence_ppm", "ppm", meaning="Received packets after a gap."),
    _sent("retransmission_ppm", "ppm", meaning="Sent packets that had to be sent again."),
    _sent(
        "ack_timeouts_ppm",
        "ppm",
        meaning="Sent packets whose acknowledgement did not come in time.",
    ),
    _sent(
        "sequence_errors_ppm", "ppm", meaning="Sent packets that the receiver reported as missing."
    ),
    _received(
        "receive_loss_ppm", "ppm", meaning="Received packets that the port or a queue dropped."
    ),
    _sent("send_loss_ppm", "ppm", meaning="Packets to send that the port dropped."),
    _sent(
        "receiver_not_ready_per_s",
        "1/s",
        meaning="Messages for which the receiver had posted no buffer.",
    ),
    _received("pcie_stalled_pct", "%", meaning="Seconds in which PCIe held writes up."),
    _received(
        "pre_fec_bit_error_rate",
        "errors/bit",
        meaning="Bits that error correction repaired, over received bits. On links of 50 Gbit/s a "
        "lane and more up to 2.4e-4 is normal.",
    ),
    _received(
        "post_fec_symbol_error_rate",
        "errors/bit",
        meaning="Symbols that error correction could not repair, over received bits: must be 0.",
    ),
    _received("crc_errors_ppm", "ppm", meaning="Received packets with a wrong checksum."),
    _port("links_down", "events", meaning="Times the link went down."),
    _port(
        "links_down_5m",
        "events",
        meaning="Times it went down in five minutes: readings overlap.",
    ),
    _received("optic_received_dbm", "dBm", meaning="Light that the optic receives."),
    _sent("optic_sent_dbm", "dBm", meaning="Light that the optic sends."),
    _port("optic_temperature_c", "°C", meaning="Temperature of the optic."),
)
