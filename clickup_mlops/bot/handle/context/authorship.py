"""Who wrote the words of a task: people, or the bot, a migration or a template.

Known by what is kept for good: the journal of automations, the steps of provisioning and
migrations, the mark in descriptions that the bot wrote. A copy is known by its words: those of a
starter task, of a template of ClickUp, or of older tasks that are no incidents. What is copied is
noted, because an older task may be deleted.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Final

from clickup_mlops import content
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.context.starter_words import StarterWords, starter_words
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.own_words import MARK, OwnWords
from clickup_mlops.store import Store
from clickup_mlops.store.tables.notes import ORIGIN

_CREATED: Final = "the bot created it"
_CREATES_TASKS: Final = "task:"
_SHORTEST: Final = 40
"""Characters of a line that is searched for in older tasks: shorter ones may be alike by chance."""
_FILLED_MS: Final = 600_000
"""So soon after a List was created from a template, ClickUp creates its tasks."""
_MOST_LINES: Final = 3
"""So many of the longest lines are searched for: who copies a text copies these."""
_MOST_OLDER: Final = 50
_MOST_UNIQUE: Final = 10_000
_FRESH_MS: Final = 60_000
"""So soon after its creation a task has only the text of its template."""


def _unknown_user() -> int | None:
    return None


def _no_names() -> Collection[str]:
    return ()


@cache
def _shipped() -> StarterWords:
    return starter_words(content.find_folder("templates"))


class Authorship:
    """`routing.own_words.Authors`, from the store. `me` is the bot's user, `template_names` the
    case-folded names of ClickUp's task templates. `clock` None: nothing is noted.
    """

    def __init__(
        self,
        store: Store,
        *,
        me: Callable[[], int | None] = _unknown_user,
        template_names: Callable[[], Collection[str]] = _no_names,
        clock: Clock | None = None,
    ) -> None:
        self._store, self._me, self._clock = store, me, clock
        self._template_names = template_names
        self._unique: set[tuple[str, str]] = set()  # lines that no older task had

    def of(self, task: Task) -> OwnWords:
        """The words of people, and why the others are not theirs."""
        if origin := self._origin(task):
            return OwnWords("", "", origin)
        note = self._store.notes.get(ORIGIN, task.id)
        noted_hashes: frozenset[str] = (
            frozenset(note.value.get("lines", ())) if note else frozenset()
        )
        if note and not noted_hashes:
            return OwnWords("", "", note.value["by"])
        lines = [line.strip() for line in task.text.splitlines() if line.strip()]
        new_lines = [line for line in lines if _hash(line) not in noted_hashes]
        copied, source = self._copied(task, new_lines)
        is_copied = noted_hashes | copied
        if not is_copied:
            return OwnWords(task.name, task.text)
        source = source or str(note.value["by"] if note else "")
        self._note(task.id, noted_hashes, copied, source)
        title = "" if _hash(task.name) in is_copied else task.name
        text = "\n".join(line for line in lines if _hash(line) not in is_copied)
        return OwnWords(title, text, source)

    def _origin(self, task: Task) -> str:
        """Who created the task with all its text, in words; empty: a person, as far as is known."""
        store = self._store
        created = store.journal.by_receipt(task.id)
        if created is not None and created.kind.startswith(_CREATES_TASKS):
            return f"the automation `{created.automation}` created it"
        if any(line.strip().startswith(MARK) for line in task.text.splitlines()):
            return _CREATED
        for creator in store.task_creators:
            if creator.has_created(task.id):
                return creator.CREATED
        if not self._is_by_me(task):
            return ""
        return self._came_with_list(task) or self._being_created(task)

    def _is_by_me(self, task: Task) -> bool:
        return task.creator is not None and task.creator.id == self._me()

    def _came_with_list(self, task: Task) -> str:
        """Who had ClickUp create it with its List, from a template of ClickUp; empty: nobody."""
        for creator in self._store.task_creators if task.list_id else ():
            created_ms = creator.list_created_ms(task.list_id or "")
            if created_ms is not None and abs(task.created_ms - created_ms) < _FILLED_MS:
                return creator.CREATED
        return ""

    def _being_created(self, task: Task) -> str:
        """The event about a new task may come before the answer to the call that creates it."""
        name = _plain(task.name)
        if any(_plain(created) == name for created in self._named_in_journal()):
            return _CREATED
        for creator in self._store.task_creators:
            if any(_plain(created) == name for created in creator.names_in_creation()):
                return creator.CREATED
        return ""

    def _named_in_journal(self) -> Iterator[str]:
        for row in self._store.journal.unfinished():
            if row.kind.startswith(_CREATES_TASKS) and row.after:
                yield str(row.after.get("name") or "")

    def _copied(self, task: Task, lines: list[str]) -> tuple[frozenset[str], str]:
        """Hashes of the name and lines that are copied, and where from."""
        starters = _shipped()
        copied = [task.name] * starters.has_name(task.name)
        copied += [line for line in lines if starters.has_line(line)]
        if copied:
            return frozenset(map(_hash, copied)), "its text is that of a template"
        if lines and _is_fresh(task) and _plain(task.name) in self._template_names():
            source = f'it was created from the template "{task.name}" of ClickUp'
            return frozenset(map(_hash, (task.name, *lines))), source
        return self._copied_from_tasks(task, lines)

    def _copied_from_tasks(self, task: Task, lines: list[str]) -> tuple[frozenset[str], str]:
        """Lines that older tasks have, too, most of which are no incidents: a monitor writes the
        same text each time.
        """
        older = self._older(task, lines)
        if not older or 2 * sum(is_incident for _task, is_incident in older) > len(older):
            return frozenset(), ""
        older_lines = {
            line.strip() for older_task, _ in older for line in older_task.text.splitlines()
        }
        copied = [line for line in lines if line in older_lines]
        copied += [task.name] * any(
            _plain(older_task.name) == _plain(task.name) for older_task, _ in older
        )
        source = f"its text is that of the older task `{older[0][0].id}`"
        return frozenset(map(_hash, copied)), source

    def _older(self, task: Task, lines: list[str]) -> list[tuple[Task, bool]]:
        """Tasks with one of the longest lines, the oldest first, and whether each is an incident.
        What none has is looked for once: a task is evaluated again and again.
        """
        long = sorted((line for line in lines if len(line) >= _SHORTEST), key=len, reverse=True)
        sought = [line for line in long[:_MOST_LINES] if (task.id, line) not in self._unique]
        if not sought:
            return []
        oldest = self._store.mirror.earlier_with(sought, task.created_ms, _MOST_OLDER)
        if not oldest:
            if len(self._unique) >= _MOST_UNIQUE:
                self._unique.clear()
            self._unique.update((task.id, line) for line in sought)
        decided = self._store.decisions.latest_of([row.task_id for row in oldest])
        incidents = {row.task_id for row in decided if row.body.get("incident")}
        return [(Task.parse(row.raw), row.task_id in incidents) for row in oldest]

    def _note(
        self, task_id: str, noted_hashes: frozenset[str], copied: frozenset[str], source: str
    ) -> None:
        if self._clock is not None and not copied <= noted_hashes:
            value = {"by": source, "lines": sorted(noted_hashes | copied)}
            self._store.notes.put(ORIGIN, task_id, value, self._clock(), wait=False)


def _is_fresh(task: Task) -> bool:
    return task.updated_ms - task.created_ms < _FRESH_MS


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _hash(text: str) -> str:
    return hashlib.sha256(_plain(text).encode()).hexdigest()[:16]
