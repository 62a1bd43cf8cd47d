"""`network topology` shows what is known, and what could not be read."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from clickup_mlops.features.metrics.read.exposition import parse, prefixes
from clickup_mlops.features.network.cli.network.topology import command

FABRIC = """
links = [["gpu-01:ens1f0np0", "leaf1:Ethernet0"]]

[[rule]]
host = "gpu-*"
role = "back_end"
rail = 0
"""


def run_show(folder: Path, *kinds: str, options: tuple[str, ...] = ()) -> Result:
    """Of these kinds, each in a file of its own."""
    tables = [
        f'[[network.topology]]\nkind = "{kind}"\nfiles = ["{folder}/{kind}/*"]\n' for kind in kinds
    ]
    config = folder / "config.toml"
    config.write_text("\n".join(tables), encoding="utf-8")
    # A command keeps the options for help that it is first called with.
    called = {"standalone_mode": False, "help_option_names": ["-h", "--help"]}
    return CliRunner().invoke(command, ["--config", str(config), *options], **called)


def write(folder: Path, kind: str, name: str, text: str) -> None:
    (folder / kind).mkdir()
    (folder / kind / name).write_text(text, encoding="utf-8")


def test_ports_are_listed_with_role_rail_and_cable(tmp_path: Path) -> None:
    """From two descriptions; one that is missing ends it with 1, and is named."""
    link = [{"ifname": "mlx5_0", "port": 1, "state": "ACTIVE", "netdev": "ens1f0np0"}]
    write(tmp_path, "file", "fabric.toml", FABRIC)
    write(tmp_path, "rdma", "gpu-01.json", json.dumps(link))
    result = run_show(tmp_path, "file", "rdma")
    assert result.return_value == 0
    row = "gpu-01 ens1f0np0 mlx5_0 back-end 0 up leaf1 Ethernet0"
    assert row in " ".join(result.stdout.split())
    result = run_show(tmp_path, "file", "csv", options=("--json",))
    assert result.return_value == 1 and "csv/*: no such file" in result.stderr
    assert json.loads(result.stdout)["ports"][0]["switch"] == "leaf1"


def test_uplinks_are_a_page_that_prometheus_reads(tmp_path: Path) -> None:
    """Each member in one group, and what is known of ports."""
    group = '[[group]]\nswitch = "leaf1"\nname = "to \\"spines\\""\nmembers = ["Ethernet64"]\n'
    write(tmp_path, "file", "fabric.toml", FABRIC + group)
    page = run_show(tmp_path, "file", options=("--prometheus",)).stdout
    samples = {sample.name: dict(sample.labels) for sample in parse(page, prefixes("")).samples}
    assert samples == {
        "clickup_mlops_uplink_member": {
            "switch": "leaf1",
            "group": 'to "spines"',
            "interface": "Ethernet64",
        },
        "clickup_mlops_network_port": {
            "host": "gpu-01",
            "netdev": "ens1f0np0",
            "role": "back_end",
            "rail": "0",
            "switch": "leaf1",
            "interface": "Ethernet0",
        },
    }


def test_uplinks_are_up_only_as_far_as_a_description_says_so(tmp_path: Path) -> None:
    """A file of groups says nothing of it: neither that all are down, nor up."""
    group = '[[group]]\nswitch = "{}"\nname = "uplinks"\nmembers = ["Ethernet0", "Ethernet8"]\n'
    write(tmp_path, "file", "fabric.toml", group.format("leaf1") + group.format("leaf2"))
    ports = {"PORT": {"Ethernet0": {"admin_status": "up"}, "Ethernet8": {"admin_status": "down"}}}
    write(tmp_path, "sonic", "leaf2.json", json.dumps(ports))
    rows = " ".join(run_show(tmp_path, "file", "sonic").stdout.split())

    assert "leaf1 uplinks ecmp 2 unknown Ethernet0 Ethernet8" in rows
    assert "leaf2 uplinks ecmp 1 down, 1 unknown Ethernet0 Ethernet8" in rows


def test_without_a_description_it_says_what_to_do(tmp_path: Path) -> None:
    """An empty table would look like an empty network."""
    result = run_show(tmp_path)
    assert result.return_value == 0 and "network.topology" in result.stdout
