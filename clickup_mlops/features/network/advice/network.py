"""Symptoms of RDMA over Ethernet that the numbers of one port show: its host, its link, its peers.

What needs the fabric around it, such as congestion and uneven uplinks, is not told from one port:
see `diagnosis`. Measures are those of `derive/roce.py`, with their units.
"""

from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence, Symptom

_PAUSED: Final = 5.0
_LOST: Final = 10.0
_SINGLE: Final = 1.0
"""Parts per million: up to it, packets are lost one by one, which is no fault of a cable."""

_KERNEL = Evidence("Linux kernel, mlx5 ethtool counters", "documentation")
_SEMANTICS = Evidence("Meaning of the counters (NVIDIA mlx5 status parameters)", "documentation")

SYMPTOMS: Final = (
    Symptom(
        name="slow_host",
        title="This host makes the switch pause",
        needs=("pause_sent_pct",),
        holds=lambda n: n["pause_sent_pct"] > _PAUSED,
        recommend="Look at the host, not the fabric: PCIe, buffers, GPUDirect, NUMA.",
        expect="The NIC absorbs line rate.",
        evidence=_KERNEL,
        steps=(
            "lspci -vv: full width and speed of NIC and GPU; ACS off on the path.",
            "Relaxed ordering on; NIC and GPU on one NUMA node and PCIe switch.",
        ),
        disproof="Other hosts of the rack send pauses at the same times.",
        shows=("pcie_stalled_pct", "receive_loss_ppm"),
    ),
    Symptom(
        name="pcie_stalls",
        title="PCIe holds the NIC up",
        needs=("pcie_stalled_pct",),
        holds=lambda n: n["pcie_stalled_pct"] > 10,
        recommend="Give the NIC its PCIe bandwidth: width, speed, placement, relaxed ordering.",
        expect="Stalls end, and with them pauses that this host sends.",
        evidence=_KERNEL,
        steps=("lspci -vv: compare LnkSta with LnkCap for NIC, switch and GPU.",),
        disproof="It happens only while the CPU copies (no GPUDirect).",
        shows=("pause_sent_pct",),
    ),
    Symptom(
        name="pause_storm",
        title="A pause storm was cut off",
        needs=("pause_storms",),
        holds=lambda n: n["pause_storms"] > 0,
        recommend="Isolate the host, and enable the PFC watchdog on its switch.",
        expect="The storm does not spread.",
        evidence=Evidence("SONiC PFC watchdog", "documentation"),
        steps=(
            "Drain the host and read its firmware's logs.",
            "SONiC: pfcwd start --action drop <port> 100 --restoration-time 400.",
        ),
        disproof="The port was reset at that time.",
    ),
    Symptom(
        name="notifications_ignored",
        title="This sender ignores congestion notifications",
        needs=("cnp_ignored_per_s",),
        holds=lambda n: n["cnp_ignored_per_s"] > 0,
        recommend="Enable ECN (reaction point) for the class on this adapter.",
        expect="The sender slows down instead of being paused.",
        evidence=_SEMANTICS,
        steps=("mlx5: /sys/class/net/<dev>/ecn/roce_rp/enable/<priority> = 1.",),
        disproof="Congestion control is off on purpose, with receiver-driven admission.",
        unless=("congestion_control_off",),
    ),
    Symptom(
        name="bad_optic",
        title="Packets are lost, and the link has errors that correction does not mend",
        needs=("out_of_sequence_ppm", "retransmission_ppm", "post_fec_symbol_error_rate"),
        holds=lambda n: (
            n["post_fec_symbol_error_rate"] > 0
            and max(n["out_of_sequence_ppm"], n["retransmission_ppm"]) > _SINGLE
        ),
        recommend="Replace the cable or optic; drain the link until then.",
        expect="No retransmissions on this link.",
        evidence=_KERNEL,
        steps=("Swap both ends one by one, and compare the errors after correction.",),
        disproof="The errors follow the port and not the optic.",
        shows=("pre_fec_bit_error_rate", "links_down"),
    ),
    Symptom(
        name="reordering_not_tolerated",
        title="Adaptive routing reorders packets that this NIC cannot place",
        needs=("out_of_sequence_ppm", "retransmission_ppm"),
        holds=lambda n: n["out_of_sequence_ppm"] > 0 and n["retransmission_ppm"] > _LOST,
        recommend="Switch adaptive routing or spraying off for this class.",
        expect="No retransmissions.",
        evidence=Evidence("Cisco, packet-level load balancing needs such NICs", "documentation"),
        steps=("Or move the traffic to NICs that place packets out of order.",),
        disproof="Retransmissions go on with adaptive routing off.",
        requires=("adaptive_routing",),
    ),
    Symptom(
        name="peer_silent",
        title="Acknowledgements are missing, without negative ones",
        needs=("ack_timeouts_ppm", "sequence_errors_ppm"),
        holds=lambda n: n["ack_timeouts_ppm"] > 1 and n["sequence_errors_ppm"] == 0,
        recommend="Find the path that failed, or the peer that hangs; raise the timeout only then.",
        expect="Timeouts end with the failed part.",
        evidence=_SEMANTICS,
        steps=("Compare links_down and the peers' clocks at that time.",),
        disproof="Negative acknowledgements appear: then it is loss.",
        shows=("links_down",),
    ),
    Symptom(
        name="receiver_not_ready",
        title="Receivers have no buffers posted",
        needs=("receiver_not_ready_per_s",),
        holds=lambda n: n["receiver_not_ready_per_s"] > 0,
        recommend="Post more receive work requests: deeper receive queues, or a shared one.",
        expect="No more such refusals.",
        evidence=_SEMANTICS,
        steps=("Check that the receiving process is not blocked by its CPU.",),
        disproof="It happens at start and end of jobs only.",
        shows=("receive_loss_ppm",),
    ),
)
