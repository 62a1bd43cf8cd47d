"""Texts of a host's archive -> settings of its RDMA ports. Pure.

Formats: files of sysfs as mlx5's drivers write them; `mlnx_qos -i` of NVIDIA's tools; `dcb` of
iproute2.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from clickup_mlops.features.network.check.hardware import read_hardware
from clickup_mlops.features.network.check.model import Machine, PortSettings

_TRUST: Final = re.compile(r"Priority trust state:\s*(\w+)")
_ENABLED: Final = re.compile(r"^\s*enabled((?:\s+[01]){8})", re.MULTILINE)
_MAPPING: Final = re.compile(r"prio:\s*(\d)\s+dscp:([\d,\s]+)")
_DCB_PFC: Final = re.compile(r"(\d):(on|off)")
_DCB_APP: Final = re.compile(r"\b(\d{1,2}):(\d)\b")
_CLASS: Final = re.compile(r"tclass\s*=\s*(\d+)")


def parse(texts: Mapping[str, str]) -> Machine:
    """All RDMA devices that have a network device."""
    name = texts.get("machine/hostname", "").strip()
    devices = sorted(
        parts[1]
        for path in texts
        if len(parts := path.split("/")) == 3 and (parts[0], parts[2]) == ("rdma", "netdev")
    )
    return Machine(name, "host", tuple(_port(texts, device) for device in devices))


def _port(texts: Mapping[str, str], device: str) -> PortSettings:
    netdev = texts[f"rdma/{device}/netdev"].strip()
    below = f"net/{netdev}/"
    qos = texts.get(f"{below}mlnx_qos", "")
    trust = _TRUST.search(qos)
    return PortSettings(
        netdev,
        device,
        mtu=_number(texts.get(f"{below}mtu", "")),
        trust=trust[1] if trust else _trust_of_dcb(texts.get(f"{below}dcb_app")),
        lossless=_lossless(qos, texts.get(f"{below}dcb_pfc", "")),
        priorities=_priorities(qos, texts.get(f"{below}dcb_app")),
        traffic_class=_traffic_class(texts.get(f"rdma/{device}/traffic_class", "")),
        reacts=dict(_switches(texts, f"{below}roce_rp/")),
        notifies=dict(_switches(texts, f"{below}roce_np/")),
        cnp_dscp=_number(texts.get(f"{below}cnp_dscp", "")),
        hardware=read_hardware(texts, device, netdev),
    )


def _trust_of_dcb(app: str | None) -> str | None:
    """The kernel trusts DSCP as soon as an entry of this kind is there."""
    if app is None:
        return None
    return "dscp" if "dscp-prio" in app else "pcp"


def _lossless(qos: str, pfc: str) -> frozenset[int] | None:
    if match := _ENABLED.search(qos):
        return frozenset(at for at, flag in enumerate(match[1].split()) if flag == "1")
    _, label, states = pfc.partition("prio-pfc")
    if not label:
        return None
    line = states.partition("\n")[0]
    return frozenset(int(number) for number, state in _DCB_PFC.findall(line) if state == "on")


def _priorities(qos: str, app: str | None) -> Mapping[int, int] | None:
    if mapping := {
        int(dscp): int(priority)
        for priority, listed in _MAPPING.findall(qos)
        for dscp in re.findall(r"\d+", listed)
    }:
        return mapping
    if app is None:
        return None
    _, _, line = app.partition("dscp-prio")
    return {
        int(dscp): int(priority) for dscp, priority in _DCB_APP.findall(line.partition("\n")[0])
    }


def _traffic_class(text: str) -> int | None:
    match = _CLASS.search(text)
    return int(match[1]) if match else None


def _switches(texts: Mapping[str, str], below: str) -> Iterator[tuple[int, bool]]:
    for path, text in texts.items():
        if path.startswith(below) and (priority := _number(path.removeprefix(below))) is not None:
            yield priority, text.strip() == "1"


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() else None
