"""The reference page of descriptions of a network."""

import runpy
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from clickup_mlops.features.network.topology import loaders as modules
from clickup_mlops.features.network.topology.kinds import loaders
from clickup_mlops.features.network.topology.loaders.file import TABLES
from clickup_mlops.features.network.topology.settings import TopologyTable

HEAD = """\
What is connected to what: hosts, ports, rails, switches, groups of uplinks and jobs. Each table
`[[network.topology]]` is one description; all of them are merged. Of two that say something of the
same the first counts, names that differ only in their domain are one host's, and what nothing says
is unknown. A port that is down or has no cable is no member of its rail.

```toml
[[network.topology]]
kind = "file"
files = ["/etc/clickup-mlops/fabric.toml"]

[[network.topology]]
kind = "lldp"
files = ["/srv/lldp/*.json"]      # gpu-01.json is what gpu-01 sees

[[network.topology]]
kind = "slurm"
command = ["squeue", "--json"]
```

`clickup-mlops network topology` shows what is known then; with `--prometheus` it is a page that the
shipped recording rules join to what switches count, as the balance of uplinks needs it. Every table
has these keys:
"""
FILE = """\
In a file of kind `file` each list of tables has these keys; ports that nothing else describes get
role and rail from the first `[[rule]]` whose patterns fit.

```toml
links = [["gpu-01:ens1f0np0", "leaf1:Ethernet0"]]

[[switch]]
name = "leaf1"
tier = "leaf"                     # tor, leaf, spine, core, super_spine

[[rule]]
host = "gpu-*"
netdev = "ens1f0np0"
role = "back_end"                 # back_end, front_end, storage, management
rail = 0
```

| table | keys |
| --- | --- |
"""


_KEY_TABLE = runpy.run_path(str(Path(__file__).with_name("source_pages.py")))["key_table"]


def lines() -> Iterator[str]:
    """The page without its title."""
    yield from HEAD.splitlines()
    yield from _KEY_TABLE(TopologyTable, ())
    yield from ("", "| kind | what it is |", "| --- | --- |")
    for name in loaders():
        text = import_module(f"{modules.__name__}.{name}").__doc__ or ""
        yield f"| `{name}` | {' '.join(text.split())} |"
    yield from ("", *FILE.splitlines())
    for table, (_field, kind) in TABLES.items():
        yield f"| `[[{table}]]` | {', '.join(_keys(kind))} |"


def _keys(kind: Any) -> list[str]:
    return [f"`{field.name}`" for field in fields(kind)] if is_dataclass(kind) else []
