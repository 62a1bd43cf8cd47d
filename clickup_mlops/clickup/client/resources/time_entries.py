"""Tracked time."""

from functools import partial
from itertools import chain

from clickup_mlops.clickup.client.base import Resource, drop_none
from clickup_mlops.clickup.content import TimeEntry
from clickup_mlops.json_types import Json

_ENTRIES = "/api/v2/team/{team_id}/time_entries"


class TimeEntries(Resource):
    """Read, add and delete finished time entries. Times in Unix ms."""

    def of_task(
        self, team_id: str, task_id: str, *, since_ms: int, until_ms: int, user: int | None = None
    ) -> tuple[TimeEntry, ...]:
        """The task's entries that started in this span, of one user (None: the token's own).

        https://developer.clickup.com/reference/gettimeentrieswithinadaterange
        """
        parameters = {
            "task_id": task_id,
            "start_date": since_ms,
            "end_date": until_ms,
            "assignee": user,
        }
        return self._api.get(_ENTRIES, parameters, team_id=team_id).parse_many(
            TimeEntry.parse, "data"
        )

    def of_everybody(self, task_id: str) -> tuple[TimeEntry, ...]:
        """All entries of a task.

        https://developer.clickup.com/reference/gettrackedtime
        """
        parse = partial(TimeEntry.of_person, task_id=task_id)
        by_person = self._api.get("/api/v2/task/{task_id}/time", task_id=task_id).parse_many(
            parse, "data"
        )
        return tuple(chain.from_iterable(by_person))

    def add(
        self,
        team_id: str,
        task_id: str,
        *,
        start_ms: int,
        duration_ms: int,
        user: int | None = None,
        note: str = "",
    ) -> str:
        """A finished entry; its id, or nothing: the documented answer has none.

        Raises:
            Forbidden: the token's user may not track time for others.
            UncertainWrite: no answer came: read the task's entries before adding it again.

        https://developer.clickup.com/reference/createatimeentry
        """
        body: dict[str, Json] = drop_none(
            tid=task_id,
            start=start_ms,
            duration=duration_ms,
            assignee=user,
            description=note or None,
        )
        entry = self._api.post(_ENTRIES, body, team_id=team_id).get("data")
        return str(entry.get("id") or "") if isinstance(entry, dict) else ""

    def delete(self, team_id: str, entry_id: str) -> None:
        """Remove an entry.

        https://developer.clickup.com/reference/deleteatimeentry
        """
        self._api.delete(f"{_ENTRIES}/{{timer_id}}", team_id=team_id, timer_id=entry_id)
