"""Settings against a profile. What was not read is unknown, never wrong. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from shlex import quote

from clickup_mlops.features.network.check.model import Machine, PortSettings, Row, State
from clickup_mlops.features.network.check.profile import Profile


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line of the table for each port. `actual` and `is_right` are None where it is unknown."""

    setting: str
    expected: Callable[[Profile], str]
    actual: Callable[[PortSettings, Profile], str | None]
    is_right: Callable[[PortSettings, Profile], bool | None]
    command: Callable[[PortSettings, Profile], str]


def _mtu(port: PortSettings, profile: Profile) -> bool | None:
    return None if port.mtu is None else port.mtu >= profile.mtu


def _trust(port: PortSettings, _profile: Profile) -> bool | None:
    return None if port.trust is None else port.trust == "dscp"


def _pfc(port: PortSettings, profile: Profile) -> bool | None:
    """This priority alone: each other that is paused takes buffers, and may deadlock."""
    return None if port.lossless is None else port.lossless == {profile.priority}


def _mapped(port: PortSettings, profile: Profile) -> bool | None:
    return (
        None if port.priorities is None else port.priorities.get(profile.dscp) == profile.priority
    )


def _class(port: PortSettings, profile: Profile) -> bool | None:
    return None if port.traffic_class is None else port.traffic_class >> 2 == profile.dscp


def _host_ecn(port: PortSettings, profile: Profile) -> bool | None:
    """Of the profile's priority: the sender reacts, and the receiver notifies."""
    sides = [side.get(profile.priority) for side in (port.reacts, port.notifies)]
    if None in sides:
        return None
    return all(sides) if profile.congestion_control == "dcqcn" else not sides[0]


def _host_ecn_text(port: PortSettings, profile: Profile) -> str | None:
    reacts, notifies = (side.get(profile.priority) for side in (port.reacts, port.notifies))
    if reacts is None or notifies is None:
        return None
    words = {True: "on", False: "off"}
    return f"reaction {words[reacts]}, notification {words[notifies]}"


def _cnp(port: PortSettings, profile: Profile) -> bool | None:
    return None if port.cnp_dscp is None else port.cnp_dscp == profile.cnp_dscp


def _switch_ecn(port: PortSettings, profile: Profile) -> bool | None:
    if port.marks is None:
        return None
    return port.marks.get(profile.priority, False) == (profile.congestion_control == "dcqcn")


def _threshold(port: PortSettings, profile: Profile) -> bool | None:
    kmin = port.kmin.get(profile.priority)
    return None if kmin is None or port.xoff is None else kmin < port.xoff


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _priorities(port: PortSettings) -> str | None:
    if port.lossless is None:
        return None
    return ", ".join(map(str, sorted(port.lossless))) or "none"


def _ecn_word(profile: Profile) -> str:
    return "on" if profile.congestion_control == "dcqcn" else "off"


def _flags(profile: Profile) -> str:
    return ",".join("1" if at == profile.priority else "0" for at in range(8))


def _pfc_commands(port: PortSettings, profile: Profile) -> Iterator[str]:
    """For SONiC: one for each priority that differs; it pauses two of them by default."""
    for priority in sorted((port.lossless or frozenset()) ^ {profile.priority}):
        word = "on" if priority == profile.priority else "off"
        yield f"config interface pfc priority {quote(port.name)} {priority} {word}"


def _marked(port: PortSettings, profile: Profile) -> str | None:
    if port.marks is None:
        return None
    return "on" if port.marks.get(profile.priority) else "off"


def _mapping_text(port: PortSettings, profile: Profile) -> str | None:
    if port.priorities is None:
        return None
    return _text(port.priorities.get(profile.dscp, "not mapped"))


_HOST = (
    _Rule(
        "MTU",
        lambda profile: f"at least {profile.mtu}",
        lambda port, _profile: _text(port.mtu),
        _mtu,
        lambda port, profile: f"ip link set {quote(port.name)} mtu {profile.mtu}",
    ),
    _Rule(
        "trust",
        lambda _profile: "dscp",
        lambda port, _profile: port.trust,
        _trust,
        lambda port, _profile: f"mlnx_qos -i {quote(port.name)} --trust dscp",
    ),
    _Rule(
        "PFC priorities",
        lambda profile: str(profile.priority),
        lambda port, _profile: _priorities(port),
        _pfc,
        lambda port, profile: f"mlnx_qos -i {quote(port.name)} --pfc {_flags(profile)}",
    ),
    _Rule(
        "priority of the DSCP",
        lambda profile: f"{profile.priority} for DSCP {profile.dscp}",
        _mapping_text,
        _mapped,
        lambda port, profile: (
            f"mlnx_qos -i {quote(port.name)} --dscp2prio set,{profile.dscp},{profile.priority}"
        ),
    ),
    _Rule(
        "DSCP of RDMA",
        lambda profile: str(profile.dscp),
        lambda port, _profile: None if port.traffic_class is None else str(port.traffic_class >> 2),
        _class,
        lambda port, profile: (
            f"echo {profile.traffic_class} > "
            f"/sys/class/infiniband/{quote(port.device)}/tc/1/traffic_class"
        ),
    ),
    _Rule(
        "congestion control",
        lambda profile: f"{profile.congestion_control} for priority {profile.priority}",
        _host_ecn_text,
        _host_ecn,
        lambda port, profile: (
            f"for side in roce_np roce_rp; do echo {int(_ecn_word(profile) == 'on')} > "
            f"/sys/class/net/{quote(port.name)}/ecn/$side/enable/{profile.priority}; done"
        ),
    ),
    _Rule(
        "DSCP of notifications",
        lambda profile: str(profile.cnp_dscp),
        lambda port, _profile: _text(port.cnp_dscp),
        _cnp,
        lambda port, profile: (
            f"echo {profile.cnp_dscp} > /sys/class/net/{quote(port.name)}/ecn/roce_np/cnp_dscp"
        ),
    ),
)
_SWITCH = (
    _Rule(
        "MTU",
        lambda profile: f"at least {profile.mtu}",
        lambda port, _profile: _text(port.mtu),
        _mtu,
        lambda port, profile: f"config interface mtu {quote(port.name)} {max(9100, profile.mtu)}",
    ),
    _Rule(
        "PFC priorities",
        lambda profile: str(profile.priority),
        lambda port, _profile: _priorities(port),
        _pfc,
        lambda port, profile: "; ".join(_pfc_commands(port, profile)),
    ),
    _Rule(
        "priority of the DSCP",
        lambda profile: f"{profile.priority} for DSCP {profile.dscp}",
        _mapping_text,
        _mapped,
        lambda _port, profile: f'DSCP_TO_TC_MAP: "{profile.dscp}": "{profile.priority}"',
    ),
    _Rule(
        "ECN of the queue",
        lambda profile: f"{_ecn_word(profile)} for queue {profile.priority}",
        _marked,
        _switch_ecn,
        lambda port, profile: f"ecnconfig -q {profile.priority} {_ecn_word(profile)}",
    ),
    _Rule(
        "marks before pauses",
        lambda _profile: "Kmin below XOFF",
        lambda port, profile: (
            None
            if port.xoff is None or profile.priority not in port.kmin
            else f"Kmin {port.kmin[profile.priority]}, XOFF {port.xoff}"
        ),
        _threshold,
        lambda _port, _profile: "ecnconfig -p <profile> -gmin <bytes below XOFF>",
    ),
)
_STATES: dict[bool | None, State] = {True: "pass", False: "fix", None: "unknown"}


def check(machine: Machine, profile: Profile) -> Iterator[Row]:
    """Each setting of each RoCE port of a machine."""
    rules: Iterable[_Rule] = _HOST if machine.kind == "host" else _SWITCH
    for port in machine.roce_ports:
        for rule in rules:
            if rule.setting == "DSCP of notifications" and profile.cnp_dscp is None:
                continue
            state = _STATES[rule.is_right(port, profile)]
            yield Row(
                machine.name,
                f"{port.name} ({port.device})" if port.device else port.name,
                rule.setting,
                rule.expected(profile),
                rule.actual(port, profile) or "unknown",
                state,
                rule.command(port, profile) if state == "fix" else "",
            )
