"""Settings of machines, and what comes of their comparison with a profile. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["pass", "fix", "unknown"]


@dataclass(frozen=True, slots=True)
class PortSettings:
    """Of one port. None: that is not known."""

    name: str
    device: str = ""
    mtu: int | None = None
    trust: str | None = None
    """`dscp` or `pcp`."""
    lossless: frozenset[int] | None = None
    """Priorities with PFC."""
    priorities: Mapping[int, int] | None = None
    """Priority by DSCP, as far as it is listed."""
    traffic_class: int | None = None
    """What RDMA's packets are given."""
    reacts: Mapping[int, bool] = field(default_factory=dict)
    """By priority, whether the sender slows down when it is notified."""
    notifies: Mapping[int, bool] = field(default_factory=dict)
    """By priority, whether the receiver sends notifications."""
    cnp_dscp: int | None = None
    marks: Mapping[int, bool] | None = None
    """Of a switch: by queue, whether packets are marked."""
    kmin: Mapping[int, int] = field(default_factory=dict)
    """Of a switch: bytes from which on each queue marks."""
    xoff: int | None = None
    """Of a switch: bytes from which on it pauses, where they are fixed."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A host or switch with its RoCE ports."""

    name: str
    kind: Literal["host", "switch"]
    ports: tuple[PortSettings, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One setting of one port against the profile. `command` shows how to fix it."""

    machine: str
    port: str
    setting: str
    expected: str
    actual: str
    state: State
    command: str = ""
