"""TOML of this program: what people write down themselves, in lists of tables.

Tables are those of the model: `[[host]]`, `[[port]]`, `[[gpu]]`, `[[switch]]`, `[[switch_port]]`,
`[[group]]`, `[[job]]`, and `[[rule]]` for all ports that fit patterns. Links may be short:
`links = [["gpu-01:ens1f0np0", "leaf1:Ethernet0"]]`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from clickup_mlops.features.network.topology.loader import TopologyError
from clickup_mlops.features.network.topology.model import (
    Gpu,
    Host,
    HostPort,
    Job,
    Link,
    PortRule,
    Switch,
    SwitchPort,
    Topology,
    UplinkGroup,
)
from clickup_mlops.spelling import suggest_word

TABLES: Final[Mapping[str, tuple[str, Any]]] = {
    "host": ("hosts", Host),
    "port": ("ports", HostPort),
    "gpu": ("gpus", Gpu),
    "switch": ("switches", Switch),
    "switch_port": ("switch_ports", SwitchPort),
    "group": ("groups", UplinkGroup),
    "job": ("jobs", Job),
    "rule": ("rules", PortRule),
}
"""The key in a file, the field of `Topology`, and what an entry is."""


def load(text: str, name: str) -> Topology:
    """What the tables say.

    Raises:
        TopologyError: it is no TOML, or a key or value is wrong; names table, number and key.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise TopologyError(f"not TOML: {problem}") from problem
    links = document.pop("links", [])
    if unknown := document.keys() - TABLES.keys():
        hint = f"Known: {', '.join(f'[[{key}]]' for key in TABLES)} and links."
        raise TopologyError(f"[[{min(unknown)}]]: no such table", hint=hint)
    entries = {
        field: tuple(_entries(key, kind, document.get(key, [])))
        for key, (field, kind) in TABLES.items()
    }
    cables = tuple(_cable(link, number) for number, link in enumerate(links, 1))
    return Topology(**entries, links=cables)


def _entries(key: str, kind: type[Any], tables: Any) -> Iterator[Any]:
    adapter, names = TypeAdapter(kind), [field.name for field in fields(kind)]
    for number, table in enumerate(tables if isinstance(tables, list) else [tables], 1):
        if unknown := [name for name in table if name not in names]:
            why = f"no such key{suggest_word(unknown[0], names)}"
            raise TopologyError(f"[[{key}]] {number}: {unknown[0]}: {why}")
        try:
            yield adapter.validate_python(table)
        except ValidationError as problem:
            first = problem.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise TopologyError(f"[[{key}]] {number}: {where}: {first['msg']}") from problem


def _cable(link: Any, number: int) -> Link:
    match link:
        case [str(near), str(far)] if ":" in near and ":" in far:
            (host, _, port), (switch, _, interface) = near.partition(":"), far.partition(":")
            return Link(host, port, switch, interface)
    raise TopologyError(
        f"links {number}: not two ends: {link!r}",
        hint='Wanted: ["gpu-01:ens1f0np0", "leaf1:Ethernet0"].',
    )


LOADER: Final = load
