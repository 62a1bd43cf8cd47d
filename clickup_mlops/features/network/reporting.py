"""Findings -> reports, as of a tool whose alerts fire and are resolved; what is open is noted.

The report is `integration:network.firing`, `.changed` or `.resolved`, with the finding's key: its
task is found by that.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final

from clickup_mlops.features.integrations.tools import Report
from clickup_mlops.features.network.diagnosis import text
from clickup_mlops.features.network.diagnosis.course import Episode, News, State, advance
from clickup_mlops.features.network.diagnosis.diagnose import diagnose
from clickup_mlops.features.network.diagnosis.fabric import Fabric
from clickup_mlops.features.network.diagnosis.model import Finding
from clickup_mlops.features.network.diagnosis.windows import Windows
from clickup_mlops.store.tables.notes import Notes
from clickup_mlops.views import measures

NAME: Final = "network"
"""The integration that the reports seem to come from."""
SCOPE: Final = "network_finding"
"""Scope of the notes about findings that are open, by their keys."""
_TYPES: Final[Mapping[State, str]] = {
    "opened": "firing",
    "changed": "changed",
    "closed": "resolved",
}


class Findings:
    """`reports` are what is new; once they are in the inbox, `remember` notes it."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._going_on: list[Episode] = []

    def reports(
        self, data: Windows, fabric: Fabric, now_ms: int, *, is_complete: bool = True
    ) -> Sequence[tuple[Report, News]]:
        """What is not known is not repaired: no finding is over while a part of the fabric is
        unknown, or nothing was read lately of its host or switch.
        """
        self._going_on = []
        if not any(data.tracks.values()):
            return []
        episodes = {key: Episode(**note.value) for key, note in self._notes.all(SCOPE).items()}
        news = list[News]()
        findings = diagnose(data, fabric).findings
        present = {finding.key for finding in findings}
        measured = _measured(data)
        decided = {
            key: episode
            for key, episode in episodes.items()
            if key in present or (is_complete and fabric.name_of(episode.host) in ("", *measured))
        }
        for entry in advance(decided, findings, now_ms):
            if isinstance(entry, News):
                news.append(_with_host(entry, measured))
            elif entry != episodes.get(entry.key):
                self._going_on.append(entry)
        return [(_report(entry, fabric, data), entry) for entry in news]

    def remember(self, news: Iterable[News], now_ms: int) -> None:
        """A crash before it repeats the reports: `once` makes them the same."""
        for entry in news:
            if entry.state == "closed":
                self._notes.remove(SCOPE, entry.episode.key)
            else:
                self._going_on.append(entry.episode)
        for episode in self._going_on:
            self._notes.put(SCOPE, episode.key, asdict(episode), now_ms)


def _measured(data: Windows) -> frozenset[str]:
    """Hosts and switches of which something was read in the window."""
    places = (place for measure in data.tracks for place in data.places(measure))
    return frozenset(place.partition("/")[0] for place in places)


def _with_host(news: News, measured: Container[str]) -> News:
    """A new one with the host or switch whose readings say whether it is over, if there is one."""
    host = news.episode.place.partition("/")[0]
    if news.state != "opened" or host not in measured:
        return news
    return replace(news, episode=replace(news.episode, host=host))


def _report(news: News, fabric: Fabric, data: Windows) -> Report:
    episode = news.episode
    type_ = _TYPES[news.state]
    return Report(
        type=type_,
        once=f"{episode.key}:{episode.since_ms}:{type_}:{episode.reported_ms}",
        key=episode.key,
        title=_title(news, data),
        state=type_ if news.state != "changed" else "firing",
        severity="finding",
        labels={"place": episode.place, "host": episode.place.partition("/")[0]},
        facts={
            "place": episode.place,
            "text": text.block(news.finding) if news.finding else "",
            "lost_gbps": round(episode.lost, 1),
            "priority": "high" if _hurts_inference(news.finding, fabric) else "normal",
        },
    )


def _title(news: News, data: Windows) -> str:
    """Of a closed one with what it cost, and its first number before and now."""
    episode = news.episode
    line = f"{episode.title}: {episode.place}"
    if news.state != "closed":
        return line
    cost = f" It cost about {episode.most_lost:.0f} Gbit/s." if episode.most_lost >= 1 else ""
    return f"{line} is over.{cost}{_change(episode, data)}"


def _change(episode: Episode, data: Windows) -> str:
    """Such as ` PFC pause sent: 31% before, 0.1% now.`; empty: it is not measured now."""
    track = data.track(episode.measure, episode.measured_at or episode.place)
    if not track:
        return ""
    before, now = (
        measures.format_value(episode.measure, value) for value in (episode.before, track[-1][1])
    )
    return f" {measures.format_title(episode.measure)}: {before} before, {now} now."


def _hurts_inference(finding: Finding | None, fabric: Fabric) -> bool:
    """Whether its place, or a port that suffers, is of a job that serves."""
    if finding is None:
        return False
    places = (finding.place, *(place for of in finding.effects.values() for place in of))
    hosts = {place.partition("/")[0] for place in places}
    jobs = [fabric.job_by_host[host] for host in hosts if host in fabric.job_by_host]
    named = [job for job in fabric.jobs if job.name == finding.place]
    return any(job.kind == "inference" for job in (*jobs, *named))
