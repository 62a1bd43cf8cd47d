"""Packets under priority flow control alone, slot by slot: links, queues and pauses. Not a program.

A second truth for `balance_truth.py`, by another method than the package's (rates of flows) and
than ns-3's (windows and marks): senders never slow down by themselves, a switch pauses the link
whose packets fill it, and what is queued behind them waits, whoever it is for.
"""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

PAUSE_AT, RESUME_AT = 25, 20
"""Packets of one incoming link that a switch holds."""
DELAY = 3
"""Slots until a pause, or its end, takes effect."""


@dataclass(frozen=True, slots=True)
class Flow:
    """So many packets of a queue pair; `uplink` -1: each packet on another by chance."""

    source: int
    target: int
    packets: int
    uplink: int


@dataclass(slots=True)
class Packet:
    """`hops` are the links that it still has to pass, the next one last."""

    flow: int
    hops: list[int]
    came_by: int = -1


@dataclass(slots=True)
class Link:
    """One way. `inside` counts its packets in the switch at its end, which `pauses` it; its sender
    obeys a little later, when it `is_paused`.
    """

    queue: deque[Packet] = field(default_factory=deque)
    inside: int = 0
    pauses: bool = False
    is_paused: bool = False


class PauseModel:
    """A fabric of `leaves` and `spines`; `leaf_of` has the leaf of each host."""

    def __init__(
        self, leaf_of: Sequence[int], leaves: int, spines: int, flows: Sequence[Flow], seed: int
    ) -> None:
        self.leaf_of, self.leaves, self.spines = leaf_of, leaves, spines
        self.flows, self.chance = flows, random.Random(seed)
        hosts = len(leaf_of)
        self.first_down, self.first_up = hosts, 2 * hosts
        self.links = [Link() for _ in range(2 * hosts + 2 * leaves * spines)]
        self.to_send = [flow.packets for flow in flows]
        self.to_arrive = [flow.packets for flow in flows]
        self.ends = [0] * len(flows)
        self.turns = [deque[int]() for _ in leaf_of]
        for number, flow in enumerate(flows):
            self.turns[flow.source].append(number)
        for turn in self.turns:
            self.chance.shuffle(turn)
        self.signals: deque[tuple[int, int, bool]] = deque()
        self.slot = self.paused_slots = 0

    def run(self) -> Sequence[int]:
        """The slot at which each flow's last packet arrives."""
        open_packets = sum(self.to_arrive)
        while open_packets:
            self.slot += 1
            self._take_signals()
            passing = [*self._sent_by_hosts(), *self._sent_by_switches()]
            self.chance.shuffle(passing)
            for link, packet in passing:
                open_packets -= self._arrive(link, packet)
        return self.ends

    def _take_signals(self) -> None:
        while self.signals and self.signals[0][0] <= self.slot:
            _due, link, is_paused = self.signals.popleft()
            self.links[link].is_paused = is_paused

    def _sent_by_hosts(self) -> list[tuple[int, Packet]]:
        """Each host's queue pairs take turns."""
        departures = []
        for host, turn in enumerate(self.turns):
            if turn and not self.links[host].is_paused:
                number = turn.popleft()
                self.to_send[number] -= 1
                if self.to_send[number]:
                    turn.append(number)
                departures.append((host, Packet(number, self._hops(self.flows[number]))))
        return departures

    def _sent_by_switches(self) -> list[tuple[int, Packet]]:
        departures = []
        for number in range(self.first_down, len(self.links)):
            link = self.links[number]
            if link.is_paused:
                self.paused_slots += bool(link.queue)
            elif link.queue:
                packet = link.queue.popleft()
                self._count(packet.came_by, -1)
                departures.append((number, packet))
        return departures

    def _arrive(self, link: int, packet: Packet) -> int:
        """1 if the packet is at its host."""
        if packet.hops:
            self._count(link, 1)
            packet.came_by = link
            self.links[packet.hops.pop()].queue.append(packet)
            return 0
        self.to_arrive[packet.flow] -= 1
        if not self.to_arrive[packet.flow]:
            self.ends[packet.flow] = self.slot
        return 1

    def _count(self, number: int, change: int) -> None:
        link = self.links[number]
        link.inside += change
        wants_pause = link.inside >= (RESUME_AT if link.pauses else PAUSE_AT)
        if wants_pause != link.pauses:
            link.pauses = wants_pause
            self.signals.append((self.slot + DELAY, number, wants_pause))

    def _hops(self, flow: Flow) -> list[int]:
        source, target = self.leaf_of[flow.source], self.leaf_of[flow.target]
        if source == target:
            return [self.first_down + flow.target]
        spine = flow.uplink if flow.uplink >= 0 else self.chance.randrange(self.spines)
        up = self.first_up + source * self.spines + spine
        down = self.first_up + (self.leaves + target) * self.spines + spine
        return [self.first_down + flow.target, down, up]
