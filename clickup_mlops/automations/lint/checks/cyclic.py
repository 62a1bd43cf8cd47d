"""`cyclic`: automations whose writes set each other off until the hop limit stops them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from clickup_mlops.automations.engine import listens
from clickup_mlops.automations.lint.consequences import Path, stopped
from clickup_mlops.automations.lint.model import Check, Remark, Subject

NAME = "cyclic"


def look(subject: Subject) -> Iterator[Remark]:
    """Each circle of automations once, with the situation in which it begins; not those around a
    smaller one. What is left are chains.
    """
    chains = _stopped(subject)
    circles = [chain for chain in chains if _is_closed(chain.circle)]
    sets = {chain.names for chain in circles}
    for chain in circles:
        if not any(names < chain.names for names in sets):
            yield _remark(chain, subject.hops)
    for chain in _joined([chain for chain in chains if not _is_closed(chain.circle)]):
        yield _remark(chain, subject.hops)


@dataclass(frozen=True, slots=True)
class _Chain:
    """The automations in the order in which they acted, those that come again, and where."""

    path: Path
    circle: Path
    where: str

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.circle)


def _stopped(subject: Subject) -> list[_Chain]:
    """The first chain of each set of automations."""
    by_names: dict[frozenset[str], _Chain] = {}
    for automation in subject.active:
        for sample in subject.samples:
            if listens(automation, sample.example.event):
                for path in stopped(subject, automation, sample):
                    chain = _Chain(path, _circle(path), sample.name)
                    by_names.setdefault(chain.names, chain)
    return [*by_names.values()]


def _circle(path: Path) -> Path:
    """From an automation to its next turn, the shortest; the whole path if none came twice."""
    rounds = [
        path[start : end + 1]
        for start, end in combinations(range(len(path)), 2)
        if path[start] == path[end]
    ]
    return min(rounds, key=len, default=path)


def _is_closed(circle: Path) -> bool:
    return len(set(circle)) < len(circle)


def _joined(chains: Sequence[_Chain]) -> Iterator[_Chain]:
    """Chains that are parts of one circle that is longer than the limit, as that circle."""
    joined: set[str] = set()
    following: dict[str, set[str]] = {}
    for chain in chains:
        for name, next_name in pairwise(chain.path):
            following.setdefault(name, set()).add(next_name)
    for chain in chains:
        if chain.names <= joined:
            continue
        back = _way(following, chain.path[-1], chain.path[0])
        circle = (*chain.path, *back[1:])
        joined |= set(circle) if back else set()
        yield replace(chain, circle=_circle(circle) if back else chain.path)


def _way(following: Mapping[str, set[str]], start: str, end: str) -> Path:
    """The shortest way; empty: there is none."""
    ways: list[Path] = [(start,)]
    visited = {start}
    for way in ways:
        if way[-1] == end:
            return way
        news = following.get(way[-1], set()) - visited
        visited |= news
        ways += [(*way, name) for name in sorted(news)]
    return ()


def _remark(chain: _Chain, hops: int) -> Remark:
    circle, where = chain.circle, chain.where
    names = tuple(dict.fromkeys(circle))
    if not _is_closed(circle):
        text = f"the chain {' -> '.join(chain.path)} is stopped after {hops} hops"
        hint = "If it is wanted, set `automations.hops` higher."
        return Remark(NAME, "warning", names, text, hint, where)
    text = f"they set each other off without end: {' -> '.join(circle)}"
    hint = (
        'Make a condition false once its work is done, or ask for `!("AUTOMATION" in event.chain)`.'
    )
    return Remark(NAME, "error", names, text, hint, where)


CHECK = Check("Automations that set each other off without end.", look)
