"""`cyclic`: automations whose writes set each other off until the hop limit stops them."""

from collections.abc import Iterator
from itertools import combinations

from clickup_mlops.automations.lint.consequences import stopped
from clickup_mlops.automations.lint.model import Check, Remark, Subject

NAME = "cyclic"


def look(subject: Subject) -> Iterator[Remark]:
    """Each circle of automations once, with the situation in which it begins."""
    seen = set()
    for automation in subject.active:
        for sample in subject.samples:
            if sample.example.event.kind not in automation.on:
                continue
            for path in stopped(subject, automation, sample):
                circle = _circle(path)
                if frozenset(circle) not in seen:
                    seen.add(frozenset(circle))
                    yield _remark(path, circle, sample.name, subject.hops)


def _circle(path: tuple[str, ...]) -> tuple[str, ...]:
    """From an automation to its next turn, the shortest; the whole path if none came twice."""
    rounds = [
        path[start : end + 1]
        for start, end in combinations(range(len(path)), 2)
        if path[start] == path[end]
    ]
    return min(rounds, key=len, default=path)


def _remark(path: tuple[str, ...], circle: tuple[str, ...], where: str, hops: int) -> Remark:
    names = tuple(dict.fromkeys(circle))
    if len(names) == len(circle):
        text = f"the chain {' -> '.join(path)} is stopped after {hops} hops"
        hint = "If it is wanted, set `automations.hops` higher."
        return Remark(NAME, "warning", names, text, hint, where)
    text = f"they set each other off without end: {' -> '.join(circle)}"
    hint = (
        'Make a condition false once its work is done, or ask for `!("AUTOMATION" in event.chain)`.'
    )
    return Remark(NAME, "error", names, text, hint, where)


CHECK = Check("Automations that set each other off without end.", look)
