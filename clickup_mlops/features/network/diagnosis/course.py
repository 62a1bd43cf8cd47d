"""How findings come and go: each is opened once, changed when it matters, and closed when it has
been gone for long enough. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from clickup_mlops.features.network.diagnosis.model import Finding

CLOSE_AFTER_MS: Final = 600_000
"""What comes and goes within this time is one finding."""
_AGAIN_MS: Final = 1_800_000
"""No finding is reported as changed more often."""
_MUCH: Final = 0.5
"""Of the goodput lost: a smaller change says nothing new."""
State = Literal["opened", "changed", "closed"]


@dataclass(frozen=True, slots=True)
class Episode:
    """A finding that is open. Times in Unix ms; `lost` in Gbit/s, when it was reported last, and
    `most_lost` of all reports.
    """

    key: str
    title: str
    place: str
    since_ms: int
    reported_ms: int
    lost: float
    most_lost: float
    absent_ms: int | None = None
    """Since when it is not seen any more."""
    host: str = ""
    """The host or switch whose readings say whether it is over; empty: it is about several."""
    measure: str = ""
    """The first of its numbers that is measured at its place; empty: none is."""
    before: float = 0.0
    """What was read of that last when it was reported last."""
    measured_at: str = ""
    """Where that is measured; empty: at its place."""


@dataclass(frozen=True, slots=True)
class News:
    """What became of an episode; of a closed one there is no finding."""

    state: State
    episode: Episode
    finding: Finding | None = None


def advance(
    episodes: Mapping[str, Episode], findings: Iterable[Finding], now_ms: int
) -> Iterator[News | Episode]:
    """What is new, and the episodes that go on as they are, or with a note of absence."""
    present = {finding.key: finding for finding in findings}
    for key, finding in present.items():
        yield _present(episodes.get(key), finding, now_ms)
    for key, episode in episodes.items():
        if key not in present:
            absent_ms = episode.absent_ms or now_ms
            is_over = now_ms - absent_ms >= CLOSE_AFTER_MS
            noted = replace(episode, absent_ms=absent_ms)
            yield News("closed", noted) if is_over else noted


def _present(episode: Episode | None, finding: Finding, now_ms: int) -> News | Episode:
    lost = finding.lost.mean
    if episode is None:
        opened = Episode(finding.key, finding.title, finding.place, now_ms, now_ms, lost, lost)
        return News("opened", _with_measure(opened, finding), finding)
    differs = abs(lost - episode.lost) > _MUCH * max(episode.lost, 1.0)
    if differs and now_ms - episode.reported_ms >= _AGAIN_MS:
        most_lost = max(episode.most_lost, lost)
        changed = replace(
            episode, reported_ms=now_ms, lost=lost, most_lost=most_lost, absent_ms=None
        )
        return News("changed", _with_measure(changed, finding), finding)
    return replace(episode, absent_ms=None)


def _with_measure(episode: Episode, finding: Finding) -> Episode:
    for measure, track in finding.courses.items():
        place = finding.places.get(measure, "")
        return replace(episode, measure=measure, before=track[-1][1], measured_at=place)
    return episode
