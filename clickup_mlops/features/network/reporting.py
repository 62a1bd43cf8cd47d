"""Findings -> reports, as of a tool whose alerts fire and are resolved; what is open is noted.

The report is `integration:network.firing`, `.changed` or `.resolved`, with the finding's key: its
task is found by that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Final

from clickup_mlops.features.integrations.tools import Report
from clickup_mlops.features.network.diagnosis import text
from clickup_mlops.features.network.diagnosis.course import Episode, News, State, advance
from clickup_mlops.features.network.diagnosis.diagnose import diagnose
from clickup_mlops.features.network.diagnosis.fabric import Fabric
from clickup_mlops.features.network.diagnosis.model import Finding
from clickup_mlops.features.network.diagnosis.windows import Windows
from clickup_mlops.store.tables.notes import Notes

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

    def reports(self, data: Windows, fabric: Fabric, now_ms: int) -> Sequence[tuple[Report, News]]:
        """Nothing if nothing was read lately: a source that is silent repairs no link."""
        self._going_on = []
        if not any(data.tracks.values()):
            return []
        episodes = {key: Episode(**note.value) for key, note in self._notes.all(SCOPE).items()}
        news = list[News]()
        for entry in advance(episodes, diagnose(data, fabric).findings, now_ms):
            if isinstance(entry, News):
                news.append(entry)
            elif entry != episodes.get(entry.key):
                self._going_on.append(entry)
        return [(_report(entry, fabric), entry) for entry in news]

    def remember(self, news: Iterable[News], now_ms: int) -> None:
        """A crash before it repeats the reports: `once` makes them the same."""
        for entry in news:
            if entry.state == "closed":
                self._notes.remove(SCOPE, entry.episode.key)
            else:
                self._going_on.append(entry.episode)
        for episode in self._going_on:
            self._notes.put(SCOPE, episode.key, asdict(episode), now_ms)


def _report(news: News, fabric: Fabric) -> Report:
    episode = news.episode
    type_ = _TYPES[news.state]
    return Report(
        type=type_,
        once=f"{episode.key}:{episode.since_ms}:{type_}:{episode.reported_ms}",
        key=episode.key,
        title=_title(news),
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


def _title(news: News) -> str:
    """Of a closed one with the goodput before."""
    episode = news.episode
    line = f"{episode.title}: {episode.place}"
    if news.state != "closed":
        return line
    before = f" It cost about {episode.first_lost:.0f} Gbit/s." if episode.first_lost >= 1 else ""
    return f"{line} is over.{before}"


def _hurts_inference(finding: Finding | None, fabric: Fabric) -> bool:
    """Whether its place, or a port that suffers, is of a job that serves."""
    if finding is None:
        return False
    places = (finding.place, *(place for of in finding.effects.values() for place in of))
    hosts = {place.partition("/")[0] for place in places}
    jobs = [fabric.job_by_host[host] for host in hosts if host in fabric.job_by_host]
    named = [job for job in fabric.jobs if job.name == finding.place]
    return any(job.kind == "inference" for job in (*jobs, *named))
