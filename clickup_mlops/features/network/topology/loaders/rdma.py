"""Which network device is which RDMA device: JSON of `rdma -j link`, or text of `ibdev2netdev`.

Whose it is, the file's name or `host` says.
"""

import re
from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.network.topology.loader import TopologyError, parse_json
from clickup_mlops.features.network.topology.model import HostPort, Topology

_LINE: Final = re.compile(r"(\S+) port (\d+) ==> (\S+) \((Up|Down)\)")


def load(text: str, name: str) -> Topology:
    """Ports of one host.

    Raises:
        TopologyError: it is neither, or nothing says whose it is.
    """
    if not name:
        raise TopologyError("whose devices are they?", hint="Set `host`.")
    ports = tuple(_from_json(text, name) if text.lstrip().startswith("[") else _lines(text, name))
    if not ports:
        raise TopologyError("no RDMA device", hint="Wanted: the output of `rdma -j link`.")
    return Topology(ports=ports)


def _from_json(text: str, host: str) -> Iterator[HostPort]:
    for link in parse_json(text):
        yield HostPort(
            host,
            link.get("netdev", ""),
            link["ifname"],
            str(link.get("port", 1)),
            is_up=link["state"] == "ACTIVE" if "state" in link else None,
        )


def _lines(text: str, host: str) -> Iterator[HostPort]:
    for match in _LINE.finditer(text):
        device, number, netdev, state = match.groups()
        yield HostPort(host, netdev, device, number, is_up=state == "Up")


LOADER: Final = load
