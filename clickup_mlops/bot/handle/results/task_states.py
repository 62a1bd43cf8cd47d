"""How a task stands now, read from the store alone: for `/why`, `why` and other answers."""

from collections.abc import Iterable, Iterator

from clickup_mlops.bot.handle.context.routing_context import for_routing
from clickup_mlops.bot.handle.results.provenance import describe_number
from clickup_mlops.bot.internal_events import delay_lane
from clickup_mlops.clickup.model import Task
from clickup_mlops.commands.phrases import plain
from clickup_mlops.routing.facts import Override as Held
from clickup_mlops.routing.outcome import HOLDS, Outcome, parse_outcome
from clickup_mlops.routing.overrides import is_winning
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.task_state import Muted, Standing, Statement, TaskState
from clickup_mlops.store import DecisionRow, Mute, Override, Store
from clickup_mlops.store.journal_rows import UNDO
from clickup_mlops.store.tables.notes import SAID

_PRIORITY = "priority"


def task_state(
    store: Store,
    task_id: str,
    priority: int | None,
    policy: Policy,
    now_ms: int,
    *,
    automations: Iterable[str] = (),
) -> TaskState:
    """`priority` is what the task has; `policy` says which priorities are kept; `automations` are
    the names of those that may wait for their time about it.
    """
    due = ((name, store.waiting.waits_until(delay_lane(name, task_id))) for name in automations)
    decided = store.decisions.latest(task_id)
    override = store.overrides.get(task_id, now_ms)
    place = store.lanes.place(task_id)
    return TaskState(
        priority=priority,
        outcome=parse_outcome(decided.body) if decided else Outcome("unknown"),
        changed_by=_changed_by(store, decided, priority, override) if decided else "",
        override=in_force(override, decided, policy, now_ms),
        muted=tuple(
            _muted(automation) for _, automation in sorted(store.mutes.of(task_id, now_ms).items())
        ),
        waiting=tuple((name, due_ms) for name, due_ms in due if due_ms is not None),
        place=Standing(*place) if place else None,
        statements=tuple(_read_statements(store, task_id)),
        numbers=tuple(map(describe_number, store.metric_values.of_task(task_id))),
    )


def known_priority(store: Store, task_id: str) -> int | None:
    """The priority that the task had when the bot last read or wrote it."""
    row = store.mirror.get(task_id)
    decided = store.decisions.latest(task_id)
    if row is not None:
        return Task.parse(row.raw).priority
    if decided is None:
        return None
    key = _PRIORITY if parse_outcome(decided.body).is_applied else "before"
    priority: int | None = decided.body[key]
    return priority


def in_force(
    override: Override | None, decided: DecisionRow | None, policy: Policy, now_ms: int
) -> Held | None:
    """What is kept, unless the policy gives it no weight, as with many tasks imported at once.

    `decided`: the task's newest decision.
    """
    routed = for_routing(override)
    decision = decided.body if decided and decided.body["decided_by"] not in HOLDS else {}
    return (
        routed if routed and is_winning(routed, decision.get(_PRIORITY), policy, now_ms) else None
    )


def _read_statements(store: Store, task_id: str) -> Iterator[Statement]:
    for scope in SAID.values():
        note = store.notes.get(scope, task_id)
        if note is not None and isinstance(statement := note.value, dict):
            yield Statement(
                statement["what"], plain(statement["user"]), plain(statement["because"])
            )


def _muted(mute: Mute) -> Muted:
    user, because = plain(mute.user_name), plain(mute.because)
    return Muted(mute.automation, mute.until_ms, user, because, mute.set_by == UNDO)


def _changed_by(
    store: Store, decided: DecisionRow, priority: int | None, override: Override | None
) -> str:
    """Who has set it since the decision; empty if nobody did, or it is not known."""
    row = store.journal.latest_done(decided.task_id, _PRIORITY)
    if row is not None and row.after == priority and row.begun_ms >= decided.decided_ms:
        actor = plain(row.actor)
        if row.automation == UNDO:
            return f"An undo ({actor})"
        return f"{actor}, by `{row.automation}`," if actor else f"The automation `{row.automation}`"
    if override is None or override.priority != priority or override.automation:
        return ""
    return plain(override.user_name)
