"""Advice on tasks: one comment each, changed when a symptom comes or goes, never repeated.

What was observed when a symptom came is noted, so that the comment shows both when it is over. A
symptom that is not observed any more is noted too, and over only after a while: it may come and go.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from clickup_mlops.automations.model import Change
from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.diagnosis import text
from clickup_mlops.features.metrics.diagnosis.diagnose import diagnose_parts, symptoms_by_name
from clickup_mlops.features.metrics.diagnosis.model import Advice
from clickup_mlops.features.metrics.diagnosis.numbers import Groups, about, of_tasks
from clickup_mlops.features.metrics.jobs.sinks import last_comment
from clickup_mlops.features.metrics.placement.placing import Placed
from clickup_mlops.features.metrics.scrape import NONE, Labels, Reading
from clickup_mlops.store import Store
from clickup_mlops.store.timeline_rows import Entry

Readings = Mapping[str, Sequence[Reading]]
"""By source."""
COMMENT: Final = "comment:advice"
_UNMEASURED_MS: Final = 3_600_000
"""What cannot be measured any more is over after so long."""
SCOPE: Final = "advice"
"""Scope of the notes about what a task's comment shows; the name is the task's id."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A symptom, where it is, and the numbers in which it was seen first."""

    symptom: str
    title: str
    labels: Labels
    numbers: Mapping[str, float]
    absent_ms: int | None = None
    """Since when it is not observed any more (Unix ms)."""

    @property
    def key(self) -> str:
        """Symptom and place."""
        return f"{self.symptom} {about(self.labels)}"


@dataclass(frozen=True, slots=True)
class News:
    """A task whose symptoms have changed: its comment, and what to remember once it is written.

    `came` and `over` are those that changed, in the numbers of now.
    """

    task: Task
    change: Change
    note: Mapping[str, Mapping[str, object]]
    begun: tuple[Seen, ...] = ()
    over: tuple[Seen, ...] = ()


class Adviser:
    """Finds tasks whose symptoms have changed. `facts` are what the settings say of the place; a
    symptom that is not observed for `over_after_ms` is over.
    """

    def __init__(self, store: Store, facts: Collection[str], over_after_ms: int) -> None:
        self._store, self._facts, self._over_after_ms = store, facts, over_after_ms

    def news(
        self, tasks: Mapping[str, Task], placed: Iterable[Placed], readings: Readings, now_ms: int
    ) -> Iterator[News]:
        """Of all `tasks`, by id, that got a value or have advice; `placed` are values of them."""
        notes = self._store.notes.all(SCOPE)
        silent: Mapping[str, Groups] = {task_id: {} for task_id in notes if task_id in tasks}
        numbers = of_tasks(((value.task, value.binding) for value in placed), readings)
        for task_id, groups in {**silent, **numbers}.items():
            note = notes.get(task_id)
            states = note.value if note else {}
            earlier = {key: _from_note(key, state) for key, state in states.items()}
            watched = self._watched(task_id, earlier, groups, now_ms)
            if changed := self._of(tasks[task_id], watched, groups, now_ms):
                yield changed

    def remember(self, news: News, workspace: str, now_ms: int) -> None:
        """The comment is written."""
        self._store.timeline.put(_entries(news, workspace, now_ms), wait=False)
        if news.note:
            self._store.notes.put(SCOPE, news.task.id, news.note, now_ms)
        else:
            self._store.notes.remove(SCOPE, news.task.id)

    def _watched(
        self, task_id: str, earlier: Mapping[str, Seen], groups: Groups, now_ms: int
    ) -> Mapping[str, Seen]:
        """The same, each with since when it is absent; noted if that has changed."""
        present = {sighting.key for sighting, _advice in _diagnosed(groups, self._facts)}
        watched = {
            key: replace(
                observed, absent_ms=None if key in present else observed.absent_ms or now_ms
            )
            for key, observed in earlier.items()
        }
        if watched != earlier:
            note = {key: _to_note(observed) for key, observed in watched.items()}
            self._store.notes.put(SCOPE, task_id, note, now_ms)
        return watched

    def _lingers(self, sighting: Seen, groups: Groups, now_ms: int) -> bool:
        """Whether it is absent, but not for long enough to be over."""
        longest = self._over_after_ms
        if not _is_measured(sighting, groups):
            longest = max(longest, _UNMEASURED_MS)
        return sighting.absent_ms is not None and now_ms - sighting.absent_ms < longest

    def _of(
        self, task: Task, earlier: Mapping[str, Seen], groups: Groups, now_ms: int
    ) -> News | None:
        holds = {
            sighting.key: (sighting, advice) for sighting, advice in _diagnosed(groups, self._facts)
        }
        symptoms = symptoms_by_name()
        holds |= {
            key: (observed, Advice(symptom, observed.numbers))
            for key, observed in earlier.items()
            if (symptom := symptoms.get(observed.symptom))
            and self._lingers(observed, groups, now_ms)
        }
        if set(holds) == set(earlier):
            return None
        over = [earlier[key] for key in sorted(set(earlier) - set(holds))]
        blocks = [
            text.block(advice, escape_markdown(about(sighting.labels)))
            for sighting, advice in holds.values()
        ]
        blocks += [_over(observed, groups) for observed in over]
        after = {"text": text.comment(blocks)}
        before = last_comment(self._store.journal, task.id, COMMENT)
        change = Change(COMMENT, before, after, f"advice: {_short(holds, over)}", after)
        first_seen = {key: earlier.get(key, sighting) for key, (sighting, _advice) in holds.items()}
        note = {key: _to_note(sighting) for key, sighting in first_seen.items()}
        begun = tuple(sighting for key, (sighting, _advice) in holds.items() if key not in earlier)
        ended = tuple(replace(observed, numbers=_now(observed, groups)) for observed in over)
        return News(task, change, note, begun, ended)


def _entries(news: News, workspace: str, now_ms: int) -> Iterator[Entry]:
    """For the timeline: each symptom that came, and each that is over. They are written together
    with what is remembered, so the same news never come again at another time.
    """
    states = {"came": news.begun, "over": news.over}
    for state, sighting in (
        (state, observed) for state, sightings in states.items() for observed in sightings
    ):
        where = about(sighting.labels)
        yield Entry(
            f"advice:{news.task.id}:{now_ms}:{state}:{sighting.key}",
            workspace,
            news.task.id,
            now_ms,
            "advice",
            f"{'Over: ' if state == 'over' else ''}{sighting.title}"
            + (f" ({where})" if where else ""),
            url=news.task.url,
            value={
                "state": state,
                "symptom": sighting.symptom,
                "where": where,
                "numbers": dict(sighting.numbers),
            },
        )


def _is_measured(sighting: Seen, groups: Groups) -> bool:
    """Whether its numbers are known now: not after a start, nor once their port is gone."""
    symptom = symptoms_by_name().get(sighting.symptom)
    return symptom is None or set(symptom.needs) <= set(groups.get(sighting.labels, ()))


def _diagnosed(groups: Groups, facts: Collection[str]) -> Iterator[tuple[Seen, Advice]]:
    diagnoses = diagnose_parts(groups, NONE, facts)
    for labels, diagnosis in sorted(diagnoses, key=lambda part: about(part[0])):
        for advice in diagnosis.advice:
            symptom = advice.symptom
            yield Seen(symptom.name, symptom.title, labels, advice.numbers), advice


def _over(sighting: Seen, groups: Groups) -> str:
    return text.over(
        sighting.title, _where(sighting), text.numbers(sighting.numbers), _now(sighting, groups)
    )


def _now(sighting: Seen, groups: Groups) -> Mapping[str, float]:
    """The numbers in which it was seen, as they are now, where they are known."""
    now = groups.get(sighting.labels, {})
    return {name: now[name] for name in sighting.numbers if name in now}


def _where(sighting: Seen) -> str:
    """As Markdown that means nothing: labels are what others wrote."""
    return escape_markdown(about(sighting.labels))


def _short(holds: Collection[str], over: Sequence[Seen]) -> str:
    return ", ".join([*sorted(holds), *(f"over: {sighting.symptom}" for sighting in over)])


def _to_note(sighting: Seen) -> Mapping[str, object]:
    return {
        "title": sighting.title,
        "labels": dict(sighting.labels),
        "numbers": dict(sighting.numbers),
        "absent_ms": sighting.absent_ms,
    }


def _from_note(key: str, note: Mapping[str, object]) -> Seen:
    labels, numbers, absent_ms = note["labels"], note["numbers"], note["absent_ms"]
    assert isinstance(labels, dict) and isinstance(numbers, dict)  # noqa: S101 - as `_written`
    assert absent_ms is None or isinstance(absent_ms, int)  # noqa: S101
    symptom = key.partition(" ")[0]
    return Seen(symptom, str(note["title"]), frozenset(labels.items()), numbers, absent_ms)
