"""What is known of a network, as a page in the Prometheus text format. Pure.

Recording rules join it to what switches count: which ports are parallel uplinks, they do not say.
"""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.network.topology.model import Topology

MEMBER: Final = "clickup_mlops_uplink_member"
PORT: Final = "clickup_mlops_network_port"


def lines(topology: Topology) -> Iterator[str]:
    """A series for each member of a group of uplinks, in the first group that it is in, and for
    each port of a host.
    """
    yield f"# HELP {MEMBER} Always 1: an interface of a group of parallel uplinks."
    yield f"# TYPE {MEMBER} gauge"
    groups = sorted(topology.uplink_groups, key=lambda group: group.kind != "ecmp")
    members = {
        (group.switch, interface): group.name
        for group in reversed(groups)
        for interface in group.members
    }
    for (switch, interface), group in sorted(members.items()):
        yield _series(MEMBER, switch=switch, group=group, interface=interface)
    yield f"# HELP {PORT} Always 1: a port of a host, with what is known of it."
    yield f"# TYPE {PORT} gauge"
    for port in topology.ports:
        rail = "" if port.rail is None else str(port.rail)
        yield _series(
            PORT,
            host=port.host,
            device=port.device,
            netdev=port.netdev,
            role=port.role,
            rail=rail,
            switch=port.switch,
            interface=port.interface,
        )


def _series(name: str, **labels: str) -> str:
    pairs = ",".join(f'{label}="{_escape(text)}"' for label, text in labels.items() if text)
    return f"{name}{{{pairs}}} 1"


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
