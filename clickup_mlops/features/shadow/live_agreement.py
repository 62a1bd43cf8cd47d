"""Where the bot writes: how many of its priorities people leave as they are."""

from collections import Counter
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.ports import Choice, EventConsumer
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.shadow.agreement import Agreement
from clickup_mlops.features.shadow.tables.answers import Answer, Answers
from clickup_mlops.store.audit.log import Filter
from clickup_mlops.store.journal_rows import DONE

if TYPE_CHECKING:
    from clickup_mlops.store import Store

PRIORITY: Final = "priority"
_OF_PEOPLE: Final = ("/", "undo")
"""Authors in the journal that act for a person begin like this."""
_AT_ONCE: Final = 500


class LiveCorrections(EventConsumer):
    """Keeps which priorities of the bot people changed."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def chosen(self, choice: Choice) -> None:
        """A person gave a task another priority than the bot had written."""
        if choice.subject != PRIORITY or choice.instead_of is not None:
            return
        row = self._store.journal.latest_done(choice.task_id, PRIORITY)
        if row is None or not isinstance(row.after, int) or row.after == choice.value:
            return
        if not row.automation.startswith(_OF_PEOPLE):
            self._store.table(Answers).put(
                Answer(
                    choice.task_id,
                    row.after,
                    choice.user_name or "somebody",
                    _list_of(self._store, [choice.task_id]).get(choice.task_id, ""),
                    agrees=False,
                    via="live",
                    at_ms=choice.at_ms,
                    chosen=choice.value if isinstance(choice.value, int) else None,
                )
            )


def measure_live(store: "Store", since_ms: int) -> dict[str, Agreement]:
    """By List, of the priorities that the bot wrote since then (Unix ms) how many people left."""
    condition = Filter(kind=PRIORITY, outcome=DONE, since_ms=since_ms)
    written = {
        (entry.task_id, entry.after)
        for entry in store.audit.select(condition)
        if entry.automation and not entry.automation.startswith(_OF_PEOPLE)
    }
    corrected = {
        (answer.task_id, answer.proposed)
        for answer in store.table(Answers).since(since_ms)
        if answer.via == "live"
    }
    lists = _list_of(store, sorted({task_id for task_id, _ in written}))
    counts = Counter(lists.get(task_id, "") for task_id, _ in written)
    wrong = Counter(lists.get(task_id, "") for task_id, _ in written & corrected)
    return {
        list_id: Agreement(count - wrong[list_id], count)
        for list_id, count in counts.items()
        if list_id
    }


def _list_of(store: "Store", task_ids: list[str]) -> dict[str, str]:
    lists: dict[str, str] = {}
    for start in range(0, len(task_ids), _AT_ONCE):
        rows = store.mirror.get_many(task_ids[start : start + _AT_ONCE])
        lists |= {name: Task.parse(row.raw).list_id or "" for name, row in rows.items()}
    return lists
