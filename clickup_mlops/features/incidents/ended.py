"""A text reports an incident once: when that is over, only a new signal makes another one."""

from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.routing.own_words import OwnWords
from clickup_mlops.store import Store

_OVER: Final = "the incident that it reported is over"


class EndedIncidents:
    """`routing.own_words.Authors` that know which tasks' incidents are over: their alerts were
    resolved, or a person removed the tag. The words are still there, and report nothing new.
    """

    def __init__(self, store: Store) -> None:
        self._incidents = store.table(Incidents)

    def of(self, task: Task) -> OwnWords:
        """No words if the incident that the task joined last is over for it. Raises
        StoreUnavailable.
        """
        incident = self._incidents.latest_of(task.id)
        if incident is None:
            return OwnWords(task.name, task.text)
        members = {member.task_id: member for member in self._incidents.tasks(incident.id)}
        is_over = not incident.is_open or members[task.id].left_ms is not None
        if not is_over:
            return OwnWords(task.name, task.text)
        return OwnWords("", "", _OVER, has_ended=True)
