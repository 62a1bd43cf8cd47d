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
from clickup_mlops.features.metrics.read.scrape import NONE, Labels, Reading
from clickup_mlops.store import Store
from clickup_mlops.store.tables.timeline import Entry

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
    came: tuple[Seen, ...] = ()
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
        numbers = of_tasks(((one.task, one.binding) for one in placed), readings)
        for task_id, groups in {**silent, **numbers}.items():
            note = notes.get(task_id)
            known = {key: _read(key, one) for key, one in note.value.items()} if note else {}
            watched = self._watched(task_id, known, groups, now_ms)
            if found := self._of(tasks[task_id], watched, groups, now_ms):
                yield found

    def remember(self, news: News, workspace: str, now_ms: int) -> None:
        """The comment is written."""
        self._store.timeline.put(_entries(news, workspace, now_ms), wait=False)
        if news.note:
            self._store.notes.put(SCOPE, news.task.id, news.note, now_ms)
        else:
            self._store.notes.remove(SCOPE, news.task.id)

    def _watched(
        self, task_id: str, known: Mapping[str, Seen], groups: Groups, now_ms: int
    ) -> Mapping[str, Seen]:
        """The same, each with since when it is absent; noted if that has changed."""
        present = {seen.key for seen, _advice in _diagnosed(groups, self._facts)}
        watched = {
            key: replace(one, absent_ms=None if key in present else one.absent_ms or now_ms)
            for key, one in known.items()
        }
        if watched != known:
            note = {key: _written(one) for key, one in watched.items()}
            self._store.notes.put(SCOPE, task_id, note, now_ms)
        return watched

    def _lingers(self, seen: Seen, groups: Groups, now_ms: int) -> bool:
        """Whether it is absent, but not for long enough to be over."""
        longest = self._over_after_ms
        if not _is_measured(seen, groups):
            longest = max(longest, _UNMEASURED_MS)
        return seen.absent_ms is not None and now_ms - seen.absent_ms < longest

    def _of(
        self, task: Task, known: Mapping[str, Seen], groups: Groups, now_ms: int
    ) -> News | None:
        holds = {seen.key: (seen, advice) for seen, advice in _diagnosed(groups, self._facts)}
        symptoms = symptoms_by_name()
        holds |= {
            key: (one, Advice(symptom, one.numbers))
            for key, one in known.items()
            if (symptom := symptoms.get(one.symptom)) and self._lingers(one, groups, now_ms)
        }
        if set(holds) == set(known):
            return None
        over = [known[key] for key in sorted(set(known) - set(holds))]
        blocks = [
            text.block(advice, escape_markdown(about(seen.labels)))
            for seen, advice in holds.values()
        ]
        blocks += [_over(one, groups) for one in over]
        after = {"text": text.comment(blocks)}
        before = last_comment(self._store.journal, task.id, COMMENT)
        change = Change(COMMENT, before, after, f"advice: {_short(holds, over)}", after)
        first_seen = {key: known.get(key, seen) for key, (seen, _advice) in holds.items()}
        note = {key: _written(seen) for key, seen in first_seen.items()}
        came = tuple(seen for key, (seen, _advice) in holds.items() if key not in known)
        ended = tuple(replace(one, numbers=_now(one, groups)) for one in over)
        return News(task, change, note, came, ended)


def _entries(news: News, workspace: str, now_ms: int) -> Iterator[Entry]:
    """For the timeline: each symptom that came, and each that is over. They are written together
    with what is remembered, so the same news never come again at another time.
    """
    states = {"came": news.came, "over": news.over}
    for state, seen in ((state, one) for state, found in states.items() for one in found):
        where = about(seen.labels)
        yield Entry(
            f"advice:{news.task.id}:{now_ms}:{state}:{seen.key}",
            workspace,
            news.task.id,
            now_ms,
            "advice",
            f"{'Over: ' if state == 'over' else ''}{seen.title}" + (f" ({where})" if where else ""),
            url=news.task.url,
            value={
                "state": state,
                "symptom": seen.symptom,
                "where": where,
                "numbers": dict(seen.numbers),
            },
        )


def _is_measured(seen: Seen, groups: Groups) -> bool:
    """Whether its numbers are known now: not after a start, nor once their port is gone."""
    symptom = symptoms_by_name().get(seen.symptom)
    return symptom is None or set(symptom.needs) <= set(groups.get(seen.labels, ()))


def _diagnosed(groups: Groups, facts: Collection[str]) -> Iterator[tuple[Seen, Advice]]:
    found = diagnose_parts(groups, NONE, facts)
    for labels, diagnosis in sorted(found, key=lambda part: about(part[0])):
        for advice in diagnosis.advice:
            symptom = advice.symptom
            yield Seen(symptom.name, symptom.title, labels, advice.numbers), advice


def _over(seen: Seen, groups: Groups) -> str:
    return text.over(seen.title, _where(seen), text.numbers(seen.numbers), _now(seen, groups))


def _now(seen: Seen, groups: Groups) -> Mapping[str, float]:
    """The numbers in which it was seen, as they are now, where they are known."""
    now = groups.get(seen.labels, {})
    return {name: now[name] for name in seen.numbers if name in now}


def _where(seen: Seen) -> str:
    """As Markdown that means nothing: labels are what others wrote."""
    return escape_markdown(about(seen.labels))


def _short(holds: Collection[str], over: Sequence[Seen]) -> str:
    return ", ".join([*sorted(holds), *(f"over: {one.symptom}" for one in over)])


def _written(seen: Seen) -> Mapping[str, object]:
    return {
        "title": seen.title,
        "labels": dict(seen.labels),
        "numbers": dict(seen.numbers),
        "absent_ms": seen.absent_ms,
    }


def _read(key: str, note: Mapping[str, object]) -> Seen:
    labels, numbers, absent_ms = note["labels"], note["numbers"], note["absent_ms"]
    assert isinstance(labels, dict) and isinstance(numbers, dict)  # noqa: S101 - as `_written`
    assert absent_ms is None or isinstance(absent_ms, int)  # noqa: S101
    symptom = key.partition(" ")[0]
    return Seen(symptom, str(note["title"]), frozenset(labels.items()), numbers, absent_ms)
