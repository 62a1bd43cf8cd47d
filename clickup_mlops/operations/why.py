"""Why: explain a task's priority, from the store alone."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.bot.handle.results import task_states
from clickup_mlops.bot.receive.jobs_settings import JobsSettings
from clickup_mlops.errors import InputError
from clickup_mlops.operations.store_settings import StoreFile
from clickup_mlops.routing import task_state
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.task_state import TaskState
from clickup_mlops.store import DecisionRow, Store
from clickup_mlops.views.text import localize


class WhyFile(StoreFile):
    """The tables that an explanation needs."""

    routing: Policy = Policy()
    automations: AutomationsSettings = AutomationsSettings()
    jobs: JobsSettings = JobsSettings()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The newest decision, if there is one, and the state of the task."""

    task_id: str
    decided: DecisionRow | None
    state: TaskState

    def text(self, zone: str = "UTC") -> str:
        """The explanation as text for people, with times in their zone."""
        return localize(self._describe(), zone)

    def _describe(self) -> str:
        if self.decided is not None:
            return task_state.describe(Decision.from_dict(self.decided.body), self.state)
        holds = task_state.describe_holds_and_mutes(self.state)
        return "\n".join([f"Task {self.task_id}: nothing is decided.", *holds])

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        row, now = self.decided, self.state
        decided = row.body | {"event": row.event_key, "decided_ms": row.decided_ms} if row else {}
        outcome = now.outcome.to_dict() if row else {}
        return {
            **decided,
            **outcome,
            "priority_now": now.priority,
            "changed_by": now.changed_by,
            "held": asdict(now.override) if now.override else None,
            "muted": [asdict(mute) for mute in now.muted],
            "waiting": dict(now.waiting),
            "numbers": list(now.numbers),
            "place": asdict(now.place) if now.place else None,
        }


def why(
    store: Store,
    policy: Policy,
    task_id: str,
    now_ms: int,
    automations: Iterable[str] = (),
) -> Explanation:
    """What is known about the task's priority; `automations` are the names of those in use.

    Raises:
        InputError: nothing is.
    """
    row = store.decisions.latest(task_id)
    priority = task_states.known_priority(store, task_id)
    state = task_states.task_state(
        store, task_id, priority, policy, now_ms, automations=automations
    )
    if row is None and not (state.muted or state.waiting or state.numbers or state.override):
        raise InputError(
            f"No decision about task {task_id} is recorded",
            hint="It decides when an event about it arrives: `clickup-mlops events list`.",
        )
    return Explanation(task_id, row, state)
