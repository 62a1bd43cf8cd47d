"""SONiC's configuration -> settings of a switch's ports: of an archive, or `config_db.json`. Pure.

Tables and keys are those of SONiC's configuration schema; references between tables are `NAME` or,
in older releases, `[TABLE|NAME]`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from clickup_mlops.features.network.check.model import Machine, PortSettings

TABLES: Final = (
    "PORT",
    "PORT_QOS_MAP",
    "DSCP_TO_TC_MAP",
    "TC_TO_QUEUE_MAP",
    "WRED_PROFILE",
    "QUEUE",
    "BUFFER_PROFILE",
)
Tables = Mapping[str, Mapping[str, Any]]


def parse(texts: Mapping[str, str]) -> Machine | None:
    """What an archive says; None: it is not of a switch."""
    tables = {name: _json(texts[f"sonic/{name}"]) for name in TABLES if f"sonic/{name}" in texts}
    if not tables:
        return None
    return of_tables(texts.get("machine/hostname", "").strip(), tables)


def of_config(name: str, text: str) -> Machine:
    """What a `config_db.json` says.

    Raises:
        ValueError: it is no JSON object.
    """
    document = orjson.loads(text)
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    metadata = document.get("DEVICE_METADATA", {})
    local = metadata.get("localhost", {}) if isinstance(metadata, dict) else {}
    tables = {key: value for key, value in document.items() if isinstance(value, dict)}
    return of_tables(str(local.get("hostname", name)), tables)


def of_tables(name: str, tables: Tables) -> Machine:
    """All ports that are not switched off."""
    ports = (
        _port(port, entry, tables)
        for port, entry in sorted(tables.get("PORT", {}).items())
        if isinstance(entry, dict) and entry.get("admin_status", "up") == "up"
    )
    return Machine(name, "switch", tuple(ports))


def _port(name: str, entry: Mapping[str, Any], tables: Tables) -> PortSettings:
    maps = _entry(tables, "PORT_QOS_MAP", name)
    classes = _entry(tables, "DSCP_TO_TC_MAP", _reference(maps.get("dscp_to_tc_map")))
    marks = dict(_marks(name, tables))
    return PortSettings(
        name,
        mtu=_number(entry.get("mtu")),
        trust=("dscp" if classes else "pcp") if "PORT_QOS_MAP" in tables else None,
        lossless=_lossless(maps) if "PORT_QOS_MAP" in tables else None,
        priorities={int(dscp): int(tc) for dscp, tc in classes.items()} if classes else None,
        marks={queue: wred.get("ecn", "ecn_none") != "ecn_none" for queue, wred in marks.items()}
        if "QUEUE" in tables
        else None,
        kmin={
            queue: kmin
            for queue, wred in marks.items()
            if (kmin := _number(wred.get("green_min_threshold"))) is not None
        },
        xoff=_xoff(entry, tables),
    )


def _lossless(maps: Mapping[str, Any]) -> frozenset[int]:
    listed = str(maps.get("pfc_enable", "")).split(",")
    return frozenset(int(priority) for priority in listed if priority.strip().isdecimal())


def _marks(port: str, tables: Tables) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The WRED profile of each queue of the port; `Ethernet0|3-4` are two queues."""
    for key, entry in tables.get("QUEUE", {}).items():
        ports, _, queues = key.rpartition("|")
        if port in ports.split(",") and isinstance(entry, dict):
            profile = _entry(tables, "WRED_PROFILE", _reference(entry.get("wred_profile")))
            first, _, last = queues.partition("-")
            if first.isdecimal() and (last or first).isdecimal():
                for queue in range(int(first), min(int(last or first), 63) + 1):
                    yield queue, profile


def _xoff(entry: Mapping[str, Any], tables: Tables) -> int | None:
    """Where the profile of the port's speed pauses, if that is fixed: most are dynamic."""
    speed = str(entry.get("speed", ""))
    for name, profile in tables.get("BUFFER_PROFILE", {}).items():
        if name.startswith(f"pg_lossless_{speed}_") and isinstance(profile, dict):
            return _number(profile.get("static_th"))
    return None


def _entry(tables: Tables, table: str, name: str) -> Mapping[str, Any]:
    entry = tables.get(table, {}).get(name, {})
    return entry if isinstance(entry, dict) else {}


def _reference(value: Any) -> str:
    """`AZURE` of `AZURE` or `[DSCP_TO_TC_MAP|AZURE]`."""
    return str(value or "").strip("[]").rpartition("|")[2]


def _json(text: str) -> Mapping[str, Any]:
    try:
        value = orjson.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() else None
