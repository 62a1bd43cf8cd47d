"""What people write down is read, and mistakes are named."""

import pytest

from clickup_mlops.features.network.topology.loader import TopologyError
from clickup_mlops.features.network.topology.loaders.file import load
from clickup_mlops.features.network.topology.model import Link

TEXT = """
links = [["gpu-01:ens1f0np0", "leaf1:Ethernet0"]]

[[switch]]
name = "leaf1"
tier = "leaf"

[[port]]
host = "gpu-01"
netdev = "ens1f0np0"
device = "mlx5_0"

[[rule]]
host = "gpu-*"
role = "back_end"

[[job]]
id = "41"
hosts = ["gpu-01"]
"""


def test_tables_are_entries() -> None:
    """One for one; which end of a link is the switch is decided later."""
    topology = load(TEXT, "fabric")
    assert topology.ports[0].device == "mlx5_0"
    assert topology.links == (Link("gpu-01", "ens1f0np0", "leaf1", "Ethernet0"),)
    assert topology.jobs[0].hosts == ("gpu-01",)
    assert topology.rules[0].role == "back_end"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[prot]]", r"\[\[prot\]\]: no such table"),
        ("[[port]]\nhost = 'h'\nnetdv = 'e'", r'\[\[port\]\] 1: netdv: .*did you mean "netdev"'),
        ("[[port]]\nhost = 'h'\nrole = 'backend'", r"\[\[port\]\] 1: role: "),
        ("[[port]]\nnetdev = 'e'", r"\[\[port\]\] 1: host: "),
        ("links = [['gpu-01', 'leaf1:Ethernet0']]", "links 1: not two ends"),
        ("[[port]", "not TOML"),
    ],
)
def test_a_mistake_is_named(text: str, problem: str) -> None:
    """Table, number and key."""
    with pytest.raises(TopologyError, match=problem):
        load(text, "fabric")
