"""Symptoms of RDMA over Ethernet: congestion, pauses, loss, hosts, and uneven links.

Measures are those of `metrics/derive/roce.py`, with their units.
"""

from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import UNEVEN, Evidence, Symptom

EVEN: Final = 0.95
_MARKED: Final = 1.0
_PAUSED: Final = 5.0
_LOST: Final = 10.0

_META = Evidence("Meta, RDMA over Ethernet at scale (SIGCOMM 2024)", "engineering report")
_KERNEL = Evidence("Linux kernel, mlx5 ethtool counters", "documentation")
_SEMANTICS = Evidence("Meaning of the counters (NVIDIA mlx5 status parameters)", "documentation")

SYMPTOMS: Final = (
    Symptom(
        name="uneven_links_few_flows",
        title="Links are used unevenly, with few flows on each",
        needs=("rail_balance", "flows_per_link"),
        holds=lambda n: n["rail_balance"] < UNEVEN and n["flows_per_link"] < 4,
        recommend="Raise entropy: several queue pairs per connection, hashed by destination QP.",
        expect="Up to 40% more AllReduce bandwidth than ECMP without QP scaling.",
        evidence=_META,
        steps=(
            "NCCL: NCCL_IB_QPS_PER_CONNECTION=4, NCCL_IB_SPLIT_DATA_ON_QPS=0.",
            "Switches: add the destination QP to the ECMP hash (user-defined field).",
        ),
        disproof="The index stays below 0.85 with 4 or more flows per link.",
        unless=("adaptive_routing",),
        shows=("rail_peak", "rail_balance_efficiency_pct"),
    ),
    Symptom(
        name="polarised_hashing",
        title="The same links stay idle although there are many flows",
        needs=("rail_balance", "flows_per_link", "order_kept"),
        holds=lambda n: (
            n["rail_balance"] < UNEVEN and n["flows_per_link"] >= 4 and n["order_kept"] > 0.8
        ),
        recommend="Use different hash seeds per tier, or separate planes and rails.",
        expect="About 15% training throughput where dual planes removed polarisation.",
        evidence=Evidence("Alibaba HPN (SIGCOMM 2024)", "engineering report"),
        steps=("SONiC: set another ECMP hash seed and offset on each tier.",),
        disproof="Another job heats other links: then it is luck, not polarisation.",
        shows=("rail_peak",),
    ),
    Symptom(
        name="adaptive_routing_unused",
        title="Links are used unevenly, and the fabric could route adaptively",
        needs=("rail_balance",),
        holds=lambda n: n["rail_balance"] < UNEVEN,
        recommend="Enable adaptive routing for the RoCE class.",
        expect="Toward 95% of line rate, against about 60% with collisions.",
        evidence=Evidence("NVIDIA Spectrum-X", "vendor claim"),
        steps=(
            "Check that every NIC of the class places packets out of order.",
            "Enable it on one leaf pair and compare retransmission_ppm before and after.",
        ),
        disproof="retransmission_ppm rises with it.",
        requires=("adaptive_routing_capable",),
        unless=("adaptive_routing",),
        shows=("rail_peak",),
    ),
    Symptom(
        name="static_hashing_collides",
        title="Links are used unevenly by static hashing",
        needs=("rail_balance",),
        holds=lambda n: n["rail_balance"] < UNEVEN,
        recommend="Balance by flowlets (DLB, ARS), or give each uplink twice a flow's rate.",
        expect="Persistent collisions end.",
        evidence=Evidence("SONiC ARS; Cisco DLB; MegaScale (uplinks)", "documentation"),
        steps=("SONiC: an ARS profile in flowlet mode on the uplink group.",),
        disproof="RDMA leaves no gaps for flowlets: the index stays where it is.",
        unless=("adaptive_routing", "adaptive_routing_capable"),
        shows=("rail_peak", "rail_balance_efficiency_pct"),
    ),
    Symptom(
        name="incast",
        title="One receiver is overrun; links are even",
        needs=("rail_balance", "ecn_marked_pct"),
        holds=lambda n: n["rail_balance"] >= EVEN and n["ecn_marked_pct"] > _MARKED,
        recommend="Stagger senders: hierarchical collectives, or admission by the receiver.",
        expect="Fewer congestion notifications. It is no routing fault.",
        evidence=_META,
        steps=(
            "Use a hierarchical algorithm, or limit the channels of the collective.",
            "Only then change ECN thresholds.",
        ),
        disproof="Marks are as many on senders' other links.",
        shows=("cnp_sent_per_s",),
    ),
    Symptom(
        name="pauses_before_marks",
        title="The network pauses this host although hardly a packet is marked",
        needs=("pause_received_pct", "ecn_marked_pct"),
        holds=lambda n: n["pause_received_pct"] > _PAUSED and n["ecn_marked_pct"] < 0.01,
        recommend="Mark before pausing: ECN Kmin below the PFC XOFF threshold on every switch.",
        expect="Pauses fall, and congestion notifications come first.",
        evidence=Evidence("DCQCN (SIGCOMM 2015) and its published parameters", "paper"),
        steps=(
            "Check that the class is trusted by DSCP and mapped to the lossless queue.",
            "SONiC: WRED_PROFILE with ECN on for that queue, and Kmin below XOFF.",
        ),
        disproof="ECN counters are not exposed at all (node_exporter before 1.11).",
    ),
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
        title="Packets are lost, and the link has bit errors",
        needs=("out_of_sequence_ppm", "retransmission_ppm", "bit_error_rate"),
        holds=lambda n: (
            n["out_of_sequence_ppm"] > 0
            and n["retransmission_ppm"] > 0
            and n["bit_error_rate"] > 1e-12
        ),
        recommend="Replace the cable or optic; drain the link until then.",
        expect="No retransmissions on this link.",
        evidence=_KERNEL,
        steps=("Swap both ends one by one, and compare bit_error_rate.",),
        disproof="The errors follow the port and not the optic.",
        shows=("links_down",),
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
    Symptom(
        name="bandwidth_bound",
        title="The links are full, even and without loss",
        needs=("link_utilisation_pct", "rail_balance", "retransmission_ppm"),
        holds=lambda n: (
            n["link_utilisation_pct"] > 95
            and n["rail_balance"] >= EVEN
            and n["retransmission_ppm"] <= 1
        ),
        recommend="Send less, or have more: overlap, compression, placement by topology, rails.",
        expect="Step time follows the bytes that are sent.",
        evidence=Evidence("The three numbers leave nothing to balance", "logic"),
        steps=("Measure the share of communication in a step first.",),
        disproof="GPUs are busy all the time: then the network is not the limit.",
    ),
    Symptom(
        name="straggler",
        title="GPUs wait, and so does the network",
        needs=("tensor_active_pct", "link_utilisation_pct"),
        holds=lambda n: n["tensor_active_pct"] < 20 and n["link_utilisation_pct"] < 50,
        recommend="Find the rank that is late: data loader, temperature, XID. Not the network.",
        expect="Step time of the slowest rank.",
        evidence=Evidence("A collective ends with its last rank", "logic"),
        steps=("Compare gpu_temperature_c and xid of all ranks.",),
        disproof="All ranks wait at the same places: then it is the schedule.",
        requires=("training",),
        shows=("gpu_temperature_c", "xid"),
    ),
)
