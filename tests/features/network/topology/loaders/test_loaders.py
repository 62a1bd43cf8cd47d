"""Each kind of description is read as the program writes it, and they fit together."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from clickup_mlops.features.network.topology.kinds import loaders
from clickup_mlops.features.network.topology.loader import TopologyError
from clickup_mlops.features.network.topology.loaders import (
    csv,
    kubernetes,
    lldp,
    netbox,
    rdma,
    slurm,
    sonic,
)
from clickup_mlops.features.network.topology.loading import load
from clickup_mlops.features.network.topology.merge import merge
from clickup_mlops.features.network.topology.model import Link
from clickup_mlops.features.network.topology.settings import TopologyTable

LEAF = {
    "id": {"type": "mac", "value": "0c:42:a1:00:00:01"},
    "descr": "SONiC",
    "mgmt-ip": ["10.0.0.2", "fd00::2"],
    "capability": [{"type": "Bridge", "enabled": True}, {"type": "Station", "enabled": False}],
}
PORT = {"id": {"type": "ifname", "value": "Ethernet0"}, "descr": "etp1", "ttl": "120"}
CONFIG = {
    "DEVICE_METADATA": {"localhost": {"hostname": "leaf1", "type": "LeafRouter"}},
    "PORT": {
        "Ethernet0": {"alias": "etp1", "speed": "400000", "admin_status": "up"},
        "Ethernet8": {"alias": "etp2", "speed": "400000", "admin_status": "down"},
        "Ethernet64": {"speed": "800000", "admin_status": "up"},
        "Ethernet72": {"speed": "800000", "admin_status": "up"},
    },
    "DEVICE_NEIGHBOR": {
        "Ethernet0": {"name": "gpu-01", "port": "ens1f0np0"},
        "Ethernet64": {"name": "spine1", "port": "Ethernet0"},
        "Ethernet72": {"name": "spine2", "port": "Ethernet0"},
    },
    "DEVICE_NEIGHBOR_METADATA": {
        "spine1": {"type": "SpineRouter"},
        "spine2": {"type": "SpineRouter"},
        "gpu-01": {"type": "Server"},
    },
    "PORTCHANNEL_MEMBER": {"PortChannel1|Ethernet64": {}, "PortChannel1|Ethernet72": {}},
}
RDMA = [
    {"ifindex": 0, "ifname": "mlx5_0", "port": 1, "state": "ACTIVE", "netdev": "ens1f0np0"},
    {"ifindex": 1, "ifname": "mlx5_1", "port": 1, "state": "DOWN", "netdev": "ens2f0np0"},
]


class Files:
    """Files by path."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files

    def paths(self, pattern: str) -> Sequence[str]:
        return sorted(path for path in self._files if path.startswith(pattern.rstrip("*")))

    def file(self, path: str) -> str:
        return self._files[path]


@pytest.mark.parametrize(
    "interface",
    [
        {"ens1f0np0": {"via": "LLDP", "chassis": {"leaf1": LEAF}, "port": PORT}},
        [{"ens1f0np0": {"via": "LLDP", "chassis": {"leaf1": LEAF}, "port": PORT}}],
    ],
)
def test_neighbours_of_lldp_are_cables(interface: Any) -> None:
    """With one neighbour or several; a bridge is a switch."""
    topology = lldp.load(json.dumps({"lldp": {"interface": interface}}), "gpu-01")
    assert topology.links == (Link("gpu-01", "ens1f0np0", "leaf1", "Ethernet0"),)
    assert [(switch.name, switch.address) for switch in topology.switches] == [
        ("leaf1", "10.0.0.2")
    ]


@pytest.mark.parametrize(("descr", "port"), [("ens1f0np0", "ens1f0np0"), ("", "0c:42:a1:00:00:09")])
def test_a_port_that_names_itself_by_its_address_is_what_its_description_says(
    descr: str, port: str
) -> None:
    """As hosts do, unless they are told otherwise."""
    address = {"type": "mac", "value": "0c:42:a1:00:00:09"}
    for form in (address, [address]):
        neighbour = {"chassis": {"gpu-01": {}}, "port": {"id": form, "descr": descr}}
        topology = lldp.load(json.dumps({"lldp": {"interface": {"Ethernet0": neighbour}}}), "leaf1")
        assert topology.links == (Link("leaf1", "Ethernet0", "gpu-01", port),)


def test_the_verbose_form_of_lldp_is_read() -> None:
    """`json0` has lists and values everywhere."""
    neighbour = {
        "name": "ens1f0np0",
        "chassis": [{"name": [{"value": "leaf1"}], "id": [{"type": "mac", "value": "x"}]}],
        "port": [{"id": [{"type": "ifname", "value": "Ethernet0"}]}],
    }
    topology = lldp.load(json.dumps({"lldp": [{"interface": [neighbour]}]}), "gpu-01")
    assert topology.links == (Link("gpu-01", "ens1f0np0", "leaf1", "Ethernet0"),)


def test_a_switch_of_sonic_knows_ports_and_uplinks() -> None:
    """Tiers by their types; what is down is no member."""
    topology = merge([sonic.load(json.dumps(CONFIG), "file")])
    port = topology.interface("leaf1", "etp1")
    assert port is not None and (port.interface, port.gbit_s, port.peer) == (
        "Ethernet0",
        400,
        "gpu-01",
    )
    down = topology.interface("leaf1", "Ethernet8")
    assert down is not None and down.is_up is False
    lag, uplinks = topology.uplink_groups
    assert (lag.name, lag.kind, lag.members) == (
        "PortChannel1",
        "lag",
        ("Ethernet64", "Ethernet72"),
    )
    assert (uplinks.kind, uplinks.members) == ("ecmp", ("Ethernet64", "Ethernet72"))
    host = topology.port("gpu-01", "ens1f0np0")
    assert host is not None and (host.switch, host.gbit_s) == ("leaf1", 400)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RDMA),
        "mlx5_0 port 1 ==> ens1f0np0 (Up)\nmlx5_1 port 1 ==> ens2f0np0 (Down)\n",
    ],
)
def test_devices_are_joined(text: str) -> None:
    """By either program."""
    ports = rdma.load(text, "gpu-01").ports
    assert [(port.device, port.netdev, port.is_up) for port in ports] == [
        ("mlx5_0", "ens1f0np0", True),
        ("mlx5_1", "ens2f0np0", False),
    ]


def test_netbox_has_devices_interfaces_and_cables() -> None:
    """Of which end is the switch, the devices' roles say; of roles of ports, tags."""
    devices = [
        {"name": "leaf1", "role": {"slug": "ai-leaf"}, "device_type": {}, "site": {"name": "a"}},
        {"name": "gpu-01", "role": {"slug": "server"}, "device_type": {}, "rack": {"name": "r1"}},
    ]
    interfaces = [
        {
            "device": {"name": "gpu-01"},
            "name": "ens1f0np0",
            "enabled": True,
            "speed": 400_000_000,
            "tags": [{"slug": "back-end"}],
            "cable": {"id": 1},
            "connected_endpoints": [{"device": {"name": "leaf1"}, "name": "Ethernet0"}],
        },
        {"device": {"name": "gpu-01"}, "name": "eno1", "mgmt_only": True, "cable": None},
    ]
    cables = [
        {
            "a_terminations": [{"object": {"device": {"name": "leaf1"}, "name": "Ethernet8"}}],
            "b_terminations": [{"object": {"device": {"name": "gpu-01"}, "name": "ens2f0np0"}}],
        }
    ]
    texts = (json.dumps({"results": part}) for part in (devices, interfaces, cables))
    topology = merge(netbox.load(text, "") for text in texts)
    ports = {port.netdev: port for port in topology.ports}
    assert (ports["ens1f0np0"].role, ports["ens1f0np0"].gbit_s) == ("back_end", 400)
    assert (ports["ens1f0np0"].switch, ports["ens1f0np0"].interface) == ("leaf1", "Ethernet0")
    assert (ports["eno1"].role, ports["eno1"].is_cabled) == ("management", False)
    assert (ports["ens2f0np0"].switch, ports["ens2f0np0"].interface) == ("leaf1", "Ethernet8")
    assert topology.hosts[0].rack == "r1" and topology.switches[0].tier == "leaf"


def test_tables_of_cables_ports_and_jobs() -> None:
    """By their headers."""
    cables = csv.load("a_device,a_port,b_device,b_port\ngpu-01,ens1,leaf1,Ethernet0\n", "")
    side = "side_a_device,side_a_type,side_a_name,side_b_device,side_b_type,side_b_name"
    netbox_cables = csv.load(
        f"{side}\ngpu-01,dcim.interface,ens1,leaf1,dcim.interface,Ethernet0\n", ""
    )
    assert cables.links == netbox_cables.links == (Link("gpu-01", "ens1", "leaf1", "Ethernet0"),)
    (port,) = csv.load(
        "host,netdev,role,rail,gbit_s,note\ngpu-01,ens1,back_end,0,400,x\n", ""
    ).ports
    assert (port.role, port.rail, port.gbit_s) == ("back_end", 0, 400)
    (job,) = csv.load("job,host,tenant\n41,gpu-01,vision\n41,gpu-02,vision\n", "").jobs
    assert (job.hosts, job.tenant) == (("gpu-01", "gpu-02"), "vision")


def test_pods_with_accelerators_are_jobs() -> None:
    """Those that run, by what made them."""

    def pod(name: str, node: str, gpus: int, phase: str = "Running", **labels: str) -> Any:
        limits = {"nvidia.com/gpu": str(gpus)} if gpus else {"cpu": "1"}
        return {
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "vision", "labels": labels},
            "spec": {"nodeName": node, "containers": [{"resources": {"limits": limits}}]},
            "status": {"phase": phase},
        }

    trained = {"training.kubeflow.org/job-name": "sft", "kueue.x-k8s.io/queue-name": "team"}
    items = [
        pod("sft-0", "gpu-01", 8, **trained),
        pod("sft-1", "gpu-02", 8, **trained),
        pod("sft-2", "gpu-03", 8, "Pending", **trained),
        pod("web", "cpu-01", 0),
        {
            "kind": "Node",
            "metadata": {"name": "gpu-01", "labels": {"topology.kubernetes.io/zone": "a"}},
        },
    ]
    topology = kubernetes.load(json.dumps({"kind": "List", "items": items}), "")
    (job,) = topology.jobs
    assert (job.id, job.hosts, job.gpus) == ("vision/sft", ("gpu-01", "gpu-02"), 8)
    assert (job.tenant, job.queue, job.kind) == ("vision", "team", "training")
    assert topology.hosts[0].pod == "a"


@pytest.mark.parametrize("state", ["RUNNING", ["RUNNING"]])
def test_running_jobs_of_slurm_have_hosts(state: Any) -> None:
    """Of old and new versions; what waits has none."""
    job = {
        "job_id": 41,
        "name": "sft",
        "account": "vision",
        "partition": "gpu",
        "job_state": state,
        "nodes": "gpu-[01-02,07]",
        "tres_alloc_str": "cpu=192,mem=3T,gres/gpu=24",
    }
    waiting = job | {"job_id": 42, "job_state": ["PENDING"], "nodes": ""}
    nodes = [{"name": "gpu-01", "gres": "gpu:h100:8(S:0-1)"}]
    topology = slurm.load(json.dumps({"jobs": [job, waiting], "nodes": nodes}), "")
    (running,) = topology.jobs
    assert (running.hosts, running.gpus) == (("gpu-01", "gpu-02", "gpu-07"), 8)
    assert running.tenant == "vision"
    assert len(topology.gpus) == 8 and topology.gpus[0].model == "h100"


@pytest.mark.parametrize(
    ("hosts", "names"),
    [
        ("gpu-01", ["gpu-01"]),
        ("gpu-[9-11]", ["gpu-9", "gpu-10", "gpu-11"]),
        ("gpu-[09-10],cpu1", ["gpu-09", "gpu-10", "cpu1"]),
        ("r[1-2]n[1-2]", ["r1n1", "r1n2", "r2n1", "r2n2"]),
        ("", []),
    ],
)
def test_lists_of_hosts_are_expanded(hosts: str, names: list[str]) -> None:
    """As `scontrol show hostnames` does."""
    assert list(slurm.expand(hosts)) == names


def test_descriptions_fit_together_and_one_that_fails_loses_no_other() -> None:
    """From files, in their order; problems name kind and file."""
    files = {
        "/t/leaf1.json": json.dumps(CONFIG),
        "/r/gpu-01.json": json.dumps(RDMA),
        "/r/gpu-02.json": "nothing",
        "/j/jobs.json": json.dumps({"jobs": [{"job_state": "RUNNING"}]}),
    }
    tables = [
        TopologyTable(kind="sonic", files=("/t/*",)),
        TopologyTable(kind="rdma", files=("/r/*",)),
        TopologyTable(kind="slurm", files=("/j/*",)),
        TopologyTable(kind="csv", files=("/missing/*",)),
    ]
    loaded = load(tables, Files(files))  # type: ignore[arg-type]
    port = loaded.topology.port("gpu-01", "mlx5_0")
    assert port is not None and (port.netdev, port.switch) == ("ens1f0np0", "leaf1")
    assert [problem.split(": ")[:2] for problem in loaded.problems] == [
        ["rdma", "/r/gpu-02.json"],
        ["slurm", "/j/jobs.json"],
        ["csv", "/missing/*"],
    ]


@pytest.mark.parametrize("kind", sorted(loaders()))
@pytest.mark.parametrize("text", ["", "nothing", "[]", "{}", "null", '{"items": [{}]}'])
def test_what_is_something_else_is_one_clear_problem(kind: str, text: str) -> None:
    """Whatever is in the file: nothing breaks, and what is said names it."""
    table = TopologyTable(kind=kind, files=("/f",))
    loaded = load([table], Files({"/f": text}))  # type: ignore[arg-type]
    assert all(problem.startswith(f"{kind}: /f: ") for problem in loaded.problems)
    assert not loaded.topology.ports


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"kind": "lldpp", "files": ["a"]}, 'did you mean "lldp"'),
        ({"kind": "lldp"}, "name one of"),
        ({"kind": "lldp", "files": ["a"], "command": ["b"]}, "name one of"),
    ],
)
def test_a_wrong_table_is_a_mistake_in_the_settings(table: Any, problem: str) -> None:
    """With what to do."""
    with pytest.raises(ValueError, match=problem):
        TopologyTable.model_validate(table)


def test_whose_it_is_must_be_known() -> None:
    """LLDP and RDMA do not say it."""
    for loader in (lldp.load, rdma.load):
        with pytest.raises(TopologyError, match="whose"):
            loader(json.dumps({"lldp": {}}), "")
