"""RoCE settings of hosts and switches are compared with a profile; bad archives lose no others."""

import gzip
import io
import subprocess
import tarfile
from pathlib import Path

import orjson
import pytest

from clickup_mlops.features.network.check import host, switch
from clickup_mlops.features.network.check.archive import ArchiveError, read_archive
from clickup_mlops.features.network.check.operations import SCRIPT, check_files
from clickup_mlops.features.network.check.profile import Profile
from clickup_mlops.features.network.check.readiness import check_hosts
from clickup_mlops.features.network.check.rules import check
from clickup_mlops.interfaces.cli._root import run

QOS = """DCBX mode: OS controlled
Priority trust state: {trust}
dscp2prio mapping:
\tprio:0 dscp:07,06,05,04,03,02,01,00,
\tprio:3 dscp:31,30,29,28,27,26,25,24,
\tprio:6 dscp:55,54,53,52,51,50,49,48,
PFC configuration:
\tpriority    0   1   2   3   4   5   6   7
\tenabled     0   0   0   {pfc}   0   0   0   0
\tbuffer      0   0   0   1   0   0   0   0
tc: 0 ratelimit: unlimited, tsa: vendor
\t priority:  1
"""
PROFILE = Profile()


def texts(trust: str = "dscp", pfc: int = 1, tos: str = "Global tclass=104") -> dict[str, str]:
    """Of a host with one port."""
    return {
        "machine/hostname": "gpu-01\n",
        "rdma/mlx5_0/netdev": "ens1np0\n",
        "rdma/mlx5_0/traffic_class": tos,
        "net/ens1np0/mtu": "9000\n",
        "net/ens1np0/mlnx_qos": QOS.format(trust=trust, pfc=pfc),
        "net/ens1np0/roce_np/3": "1\n",
        "net/ens1np0/roce_rp/3": "1\n",
        "net/ens1np0/cnp_dscp": "48\n",
    }


def config(**changes: dict[str, object]) -> dict[str, object]:
    """SONiC's configuration of a switch with one port."""
    return {
        "DEVICE_METADATA": {"localhost": {"hostname": "leaf1"}},
        "PORT": {
            "Ethernet0": {"admin_status": "up", "mtu": "9100", "speed": "400000"},
            "Ethernet8": {"admin_status": "down", "mtu": "1500", "speed": "400000"},
        },
        "PORT_QOS_MAP": {
            "Ethernet0": {"dscp_to_tc_map": "[DSCP_TO_TC_MAP|AZURE]", "pfc_enable": "3"}
        },
        "DSCP_TO_TC_MAP": {"AZURE": {"26": "3", "48": "6"}},
        "QUEUE": {"Ethernet0|3-4": {"wred_profile": "[WRED_PROFILE|AZURE_LOSSLESS]"}},
        "WRED_PROFILE": {"AZURE_LOSSLESS": {"ecn": "ecn_all", "green_min_threshold": "250000"}},
        "BUFFER_PROFILE": {"pg_lossless_400000_5m_profile": {"static_th": "1000000"}},
    } | changes


def archive(path: Path, members: dict[str, str]) -> Path:
    """As the script makes it."""
    with tarfile.open(path, "w:gz") as tar:
        for name, text in members.items():
            content = text.encode()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def machine_archive(path: Path, members: dict[str, str]) -> Path:
    """Below the folder of the script."""
    return archive(path, {f"roce/{name}": text for name, text in members.items()})


def states(rows) -> dict[str, str]:
    """State by setting."""
    return {row.setting: row.state for row in rows}


def test_a_host_as_the_profile_says_passes_everything() -> None:
    assert set(states(check(host.parse(texts()), PROFILE)).values()) == {"pass"}


@pytest.mark.parametrize(
    ("changes", "setting", "command"),
    [
        ({"trust": "pcp"}, "trust", "--trust dscp"),
        ({"pfc": 0}, "PFC priorities", "--pfc 0,0,0,1,0,0,0,0"),
        ({"tos": "Global tclass=0"}, "DSCP of RDMA", "echo 104 >"),
    ],
)
def test_a_wrong_setting_is_to_be_fixed_with_a_command(changes, setting: str, command: str) -> None:
    """No other setting is said to be wrong."""
    rows = [row for row in check(host.parse(texts(**changes)), PROFILE) if row.state == "fix"]

    assert [row.setting for row in rows] == [setting]
    assert command in rows[0].command


def test_what_was_not_read_is_unknown_and_not_wrong() -> None:
    """A host without NVIDIA's tools and without those of the kernel."""
    bare = {path: text for path, text in texts().items() if path.endswith(("hostname", "netdev"))}

    assert set(states(check(host.parse(bare), PROFILE)).values()) == {"unknown"}


def test_nothing_is_said_of_ports_of_infiniband(tmp_path) -> None:
    """A network device for IP does not make one RoCE: its MTU and classes are its own matter."""
    ib = {"rdma/mlx5_1/netdev": "ib0\n", "rdma/mlx5_1/link_layer": "InfiniBand\n"}
    ib |= {"rdma/mlx5_1/gids/0": "fe80:0000:0000:0000:0000:0000:0000:0001 IB/RoCE v1\n"}
    ib |= {"net/ib0/mtu": "2044\n"}
    mixed = host.parse(texts() | ib)
    alone = machine_archive(tmp_path / "ib.tar.gz", {"machine/hostname": "ib-01\n", **ib})

    assert {row.port for row in check(mixed, PROFILE)} == {"ens1np0 (mlx5_0)"}
    assert "RoCEv2 address" not in {row.setting for row in check_hosts([host.parse(ib)])}
    assert "ib-01 has no RoCE port" in check_files([alone], {"x": PROFILE}).problems[0]


def test_the_kernels_own_tool_says_the_same_as_the_vendors() -> None:
    """`dcb` of iproute2."""
    with_dcb = texts() | {
        "net/ens1np0/dcb_pfc": "pfc-cap 8 macsec-bypass off delay 0\n"
        "prio-pfc 0:off 1:off 2:off 3:on 4:off 5:off 6:off 7:off\n",
        "net/ens1np0/dcb_app": "default-prio 0\ndscp-prio 26:3 48:6\n",
    }
    del with_dcb["net/ens1np0/mlnx_qos"]

    assert set(states(check(host.parse(with_dcb), PROFILE)).values()) == {"pass"}


def test_a_switch_as_the_profile_says_passes_everything() -> None:
    """Its port that is switched off is not looked at."""
    machine = switch.of_config("config_db", orjson.dumps(config()).decode())

    assert machine.name == "leaf1"
    assert set(states(check(machine, PROFILE)).values()) == {"pass"}


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"WRED_PROFILE": {"AZURE_LOSSLESS": {"ecn": "ecn_none"}}}, "ECN of the queue"),
        ({"PORT_QOS_MAP": {"Ethernet0": {"dscp_to_tc_map": "AZURE"}}}, "PFC priorities"),
        ({"DSCP_TO_TC_MAP": {"AZURE": {"26": "0"}}}, "priority of the DSCP"),
        (
            {
                "WRED_PROFILE": {
                    "AZURE_LOSSLESS": {"ecn": "ecn_all", "green_min_threshold": "2000000"}
                }
            },
            "marks before pauses",
        ),
    ],
)
def test_a_switchs_wrong_setting_is_to_be_fixed(changes, setting: str) -> None:
    machine = switch.of_config("config_db", orjson.dumps(config(**changes)).decode())

    assert [row.setting for row in check(machine, PROFILE) if row.state == "fix"] == [setting]


@pytest.mark.parametrize(
    ("enabled", "command"),
    [
        ("", "config interface pfc priority Ethernet0 3 on"),
        ("3,4", "config interface pfc priority Ethernet0 4 off"),
        (
            "4",
            "config interface pfc priority Ethernet0 3 on; "
            "config interface pfc priority Ethernet0 4 off",
        ),
    ],
)
def test_a_switch_pauses_the_priority_of_the_profile_alone(enabled: str, command: str) -> None:
    """SONiC pauses 3 and 4 by default: to turn 3 on changes nothing."""
    maps = {"Ethernet0": {"dscp_to_tc_map": "AZURE", "pfc_enable": enabled}}
    machine = switch.of_config("x", orjson.dumps(config(PORT_QOS_MAP=maps)).decode())
    (wrong,) = [row for row in check(machine, PROFILE) if row.state == "fix"]

    assert (wrong.setting, wrong.command) == ("PFC priorities", command)


def test_archives_that_cannot_be_trusted_are_refused_and_the_others_are_read(tmp_path) -> None:
    """Cut, with a path upward, with an absolute one, with a link, not an archive, a bomb."""
    good = machine_archive(tmp_path / "a-good.tar.gz", texts())
    total = good.read_bytes()
    (tmp_path / "b-cut.tar.gz").write_bytes(total[: len(total) // 2])
    archive(tmp_path / "c-up.tar.gz", {"roce/../../etc/passwd": "x"})
    archive(tmp_path / "d-absolute.tar.gz", {"/etc/passwd": "x"})
    with tarfile.open(tmp_path / "e-link.tar.gz", "w:gz") as tar:
        link = tarfile.TarInfo("roce/net/eth0/mtu")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/shadow"
        tar.addfile(link)
    (tmp_path / "f-none.tar.gz").write_bytes(b"not an archive")
    archive(tmp_path / "g-bomb.tar.gz", {"roce/big": "0" * 20_000_000})

    checked = check_files([tmp_path], {"": PROFILE})

    assert {row.machine for row in checked.rows} == {"gpu-01"}
    assert [Path(problem.partition(":")[0]).name[0] for problem in checked.problems] == [*"bcdefg"]


def test_no_cut_of_an_archive_is_read(tmp_path) -> None:
    """Wherever it was cut."""
    total = machine_archive(tmp_path / "whole.tar.gz", texts()).read_bytes()
    for length in range(0, len(total) - 1, 23):
        cut = tmp_path / "cut.tar.gz"
        cut.write_bytes(total[:length])
        with pytest.raises(ArchiveError):
            read_archive(cut)


def test_the_script_makes_an_archive_that_is_read(tmp_path) -> None:
    """On any machine, with whatever tools it has; it writes nothing else."""
    outcome = subprocess.run(
        ["sh", SCRIPT, tmp_path], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert [*map(str, tmp_path.iterdir())] == [outcome.stdout.strip()]
    assert "machine/hostname" in read_archive(Path(outcome.stdout.strip()))


@pytest.mark.parametrize(
    ("members", "code"),
    [
        (texts(), 0),
        (texts(trust="pcp"), 2),
        ({name: text for name, text in texts().items() if "cnp" not in name}, 3),
    ],
)
def test_the_exit_code_says_whether_there_is_work(members, code: int, tmp_path) -> None:
    machine_archive(tmp_path / "host.tar.gz", members)

    assert run(["network", "check", str(tmp_path)]) == code


def _sparse(name: str, size: int) -> bytes:
    """The header of a file that is a single hole."""
    info = tarfile.TarInfo(name)
    info.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[483:495] = b"%011o\0" % size  # how long it is once it is unpacked
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def _long_names(count: int) -> bytes:
    """Headers that each announce the name of the next one."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 7
    return (info.tobuf(tarfile.GNU_FORMAT) + b"roce/a\0".ljust(512, b"\0")) * count


@pytest.mark.parametrize(
    "headers", [b"".join(_sparse(f"roce/{n}", 2**20) for n in range(20)), _long_names(3_000)]
)
def test_headers_that_ask_for_memory_are_refused(headers: bytes, tmp_path: Path) -> None:
    """Holes that would be gigabytes, and names without an end."""
    path = tmp_path / "roce-bad.tar.gz"
    path.write_bytes(gzip.compress(headers + bytes(1024)))

    with pytest.raises(ArchiveError):
        read_archive(path)


def test_settings_that_make_no_sense_lose_no_other_machine(tmp_path: Path) -> None:
    """SONiC writes an empty map with the key `NULL`."""
    tables = config(DSCP_TO_TC_MAP={"AZURE": {"NULL": "NULL"}})
    members = {f"sonic/{name}": orjson.dumps(table).decode() for name, table in tables.items()}
    invalid = machine_archive(tmp_path / "roce-bad.tar.gz", members)
    good = machine_archive(tmp_path / "roce-good.tar.gz", texts())
    checked = check_files([invalid, good], {"": PROFILE})

    assert {row.machine for row in checked.rows} == {"gpu-01"}
    assert "roce-bad.tar.gz: its settings make no sense" in checked.problems[0]


def test_names_in_an_archive_cannot_add_to_a_command() -> None:
    """Whoever pastes it is root."""
    odd = texts(trust="pcp") | {"rdma/mlx5_0/netdev": "ens1np0;reboot\n"}
    odd |= {path.replace("ens1np0", "ens1np0;reboot"): text for path, text in odd.items()}
    commands = [row.command for row in check(host.parse(odd), PROFILE) if row.command]

    assert commands and all("'ens1np0;reboot'" in command for command in commands)
