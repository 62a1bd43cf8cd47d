"""Thirty fabrics with planted faults: each is found at its port, and none is invented."""

import random
import re

import pytest

from clickup_mlops.features.network.check import host
from clickup_mlops.features.network.check.across import compare_hosts
from clickup_mlops.features.network.check.model import Machine, Row
from clickup_mlops.features.network.check.rails import check_rails
from clickup_mlops.features.network.check.readiness import check_hosts

HOSTS, RAILS = 12, 8
Texts = dict[str, str]
IPV4_GID = "0000:0000:0000:0000:0000:ffff:0a00:{port:02x}{host:02x} RoCE v2"


def port_texts(number: int, rail: int) -> Texts:
    """Of a port as it should be."""
    device, netdev = f"rdma/mlx5_{rail}/", f"net/rdma{rail}/"
    counters = (
        "/sys/class/infiniband/mlx5_0/ports/1/counters/symbol_error:7\n"
        "/sys/class/infiniband/mlx5_0/ports/1/counters/port_rcv_data:{}\n"
    )
    return {
        f"{device}netdev": f"rdma{rail}\n",
        f"{device}board": "MT_0000000838\n",
        f"{device}firmware": "28.39.1002\n",
        f"{device}state": "4: ACTIVE\n",
        f"{device}rate": "400 Gb/sec (4X NDR)\n",
        f"{device}numa": f"{rail // 4}\n",
        f"{device}current_link_speed": "32.0 GT/s PCIe\n",
        f"{device}current_link_width": "16\n",
        f"{device}max_link_speed": "32.0 GT/s PCIe\n",
        f"{device}max_link_width": "16\n",
        f"{device}gids/0": "fe80:0000:0000:0000:0000:0000:0000:0001 IB/RoCE v1\n",
        f"{device}gids/3": IPV4_GID.format(port=rail, host=number),
        f"{device}counters_first": counters.format(1),
        f"{device}counters_last": counters.format(2),
        f"{netdev}lldp": f"lldp.rdma{rail}.chassis.name=leaf{rail}\n",
    }


def host_texts(number: int) -> Texts:
    """Eight NICs and eight GPUs on two NUMA nodes, and the display of a management controller."""
    gpus = {
        path: text
        for gpu in range(8)
        for path, text in {
            f"gpu/0000:{gpu:02x}:00.0/numa": f"{gpu // 4}\n",
            f"gpu/0000:{gpu:02x}:00.0/vendor": "0x10de\n",
        }.items()
    }
    display = {"gpu/0000:c3:00.0/numa": "-1\n", "gpu/0000:c3:00.0/vendor": "0x1a03\n"}
    machine = {
        "machine/hostname": f"gpu-{number:02}\n",
        "machine/modules": "nvidia_peermem 16384 0 - Live 0x0\nnvidia 61440 9 - Live 0x0\n",
    }
    ports = [port_texts(number, rail) for rail in range(RAILS)]
    return machine | gpus | display | {path: text for port in ports for path, text in port.items()}


def cut_width(texts: Texts, rail: int) -> None:
    texts[f"rdma/mlx5_{rail}/current_link_width"] = "8\n"


def move_to_another_node(texts: Texts, rail: int) -> None:
    texts[f"rdma/mlx5_{rail}/numa"] = "2\n"


def lose_address(texts: Texts, rail: int) -> None:
    del texts[f"rdma/mlx5_{rail}/gids/3"]


def take_link_down(texts: Texts, rail: int) -> None:
    texts[f"rdma/mlx5_{rail}/state"] = "1: DOWN\n"


def raise_errors(texts: Texts, rail: int) -> None:
    key = f"rdma/mlx5_{rail}/counters_last"
    texts[key] = texts[key].replace("symbol_error:7", "symbol_error:9")


def age_firmware(texts: Texts, rail: int) -> None:
    texts[f"rdma/mlx5_{rail}/firmware"] = "28.35.2000\n"


def move_cable(texts: Texts, rail: int) -> None:
    texts[f"net/rdma{rail}/lldp"] = f"lldp.rdma{rail}.chassis.name=leaf{(rail + 1) % RAILS}\n"


FAULTS = {
    "PCIe link": cut_width,
    "NUMA node": move_to_another_node,
    "RoCEv2 address": lose_address,
    "link": take_link_down,
    "rising errors": raise_errors,
    "firmware of MT_0000000838": age_firmware,
    "leaf of the rail": move_cable,
}


def check_fabric(fabric: list[Texts]) -> list[Row]:
    machines: list[Machine] = [host.parse(texts) for texts in fabric]
    return [*check_hosts(machines), *check_rails(machines), *compare_hosts(machines)]


def list_faults(rows: list[Row]) -> set[tuple[str, str, str]]:
    """Machine, port and setting of what is to be fixed."""
    return {(row.machine, row.port.partition(" ")[0], row.setting) for row in rows if _is_bad(row)}


def _is_bad(row: Row) -> bool:
    # The index of an address that is not there differs from that of the others: the same fault.
    return row.state == "fix" and row.setting != "index of the RoCEv2 address"


@pytest.mark.parametrize("seed", range(30))
def test_each_planted_fault_is_found_at_its_port_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    fabric = [host_texts(number) for number in range(HOSTS)]
    planted = set()
    for setting in chance.sample(sorted(FAULTS), chance.randint(0, len(FAULTS))):
        number, rail = chance.randrange(HOSTS), chance.randrange(RAILS)
        FAULTS[setting](fabric[number], rail)
        planted.add((f"gpu-{number:02}", f"rdma{rail}", setting))

    assert list_faults(check_fabric(fabric)) == planted


def test_what_was_not_read_is_unknown_and_never_wrong() -> None:
    """Hosts without LLDP, without two readings, and with a kernel that hides PCI."""
    fabric = [host_texts(number) for number in range(HOSTS)]
    hidden = re.compile(r"lldp|counters|_link_|firmware|gids|state|rate|numa")
    rows = check_fabric(
        [
            {path: text for path, text in texts.items() if not hidden.search(path)}
            for texts in fabric
        ]
    )

    assert not {row.setting for row in rows if row.state == "fix"}
    unknown = {row.setting for row in rows if row.state == "unknown"}
    assert {"link", "RoCEv2 address", "PCIe link", "leaf of the rail", "rising errors"} <= unknown


def test_two_rails_on_one_leaf_are_named_once() -> None:
    fabric = [host_texts(number) for number in range(HOSTS)]
    for texts in fabric:
        texts["net/rdma7/lldp"] = texts["net/rdma6/lldp"]
    (row,) = [row for row in check_fabric(fabric) if row.state == "fix"]

    assert (row.machine, row.actual) == ("leaf6", "rails 6, 7")


def test_one_leaf_for_all_is_another_design() -> None:
    fabric = [host_texts(number) for number in range(HOSTS)]
    for texts in fabric:
        for rail in range(RAILS):
            texts[f"net/rdma{rail}/lldp"] = "lldp.x.chassis.name=tor\n"

    assert list_faults(check_fabric(fabric)) == set()


def test_a_virtual_function_and_a_bond_are_no_rails() -> None:
    """Nor has a virtual function a slot or a cable of its own."""
    fabric = [host_texts(number) for number in range(HOSTS)]
    for texts in fabric:
        texts["rdma/mlx5_7/virtual"] = "1\n"
        texts["rdma/mlx5_7/state"] = "1: DOWN\n"
        texts["net/rdma6/bond"] = "bond0\n"
    fabric[0]["net/rdma6/lldp"] = "lldp.x.chassis.name=leaf2\n"

    assert list_faults(check_fabric(fabric)) == set()


def test_a_host_without_gpus_is_not_asked_for_them() -> None:
    texts = {path: text for path, text in host_texts(0).items() if not path.startswith("gpu/")}
    settings = {row.setting for row in check_hosts([host.parse(texts)])}

    assert not settings & {"NUMA node", "GPUDirect"}
