"""Explain why TASK has its priority.

TASK is a task id or the task's address. Shows what became of the newest decision (written, or why
not), what decided, the evidence, the scores, the runner-up and the event; the priority that is
held, for whom and until when; and the automations that are muted on the task.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.cli import _clock, _options, _out
from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.routing.task_state import TaskState
    from clickup_mlops.store import DecisionRow


@click.command(help=__doc__)
@click.argument("task")
@_options.config
@_options.as_json
def command(task: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.bot.handling.results import standings

    task_id = _options.task_id(task)
    policy = _options.settings(config).routing
    with _options.open_store(config) as store:
        row = store.decisions.latest(task_id)
        priority = standings.known_priority(store, task_id)
        found = standings.standing(store, task_id, priority, policy, _clock.now_ms())
    if row is None and not found.muted and found.override is None:
        raise InputError(
            f"No decision about task {task_id} is recorded",
            hint="It decides when an event about it arrives: `clickup-mlops events list`.",
        )
    if as_json:
        _out.json_value(_plain(row, found))
    else:
        click.echo(_text(task_id, row, found))
    return 0


def _text(task_id: str, row: "DecisionRow | None", found: "TaskState") -> str:
    from clickup_mlops.routing import task_state
    from clickup_mlops.routing.decision import Decision

    if row is not None:
        return task_state.describe(Decision.from_dict(row.body), found)
    return "\n".join([f"Task {task_id}: nothing is decided.", *task_state.holds_and_mutes(found)])


def _plain(row: "DecisionRow | None", found: "TaskState") -> dict[str, Any]:
    from dataclasses import asdict

    decided = row.body | {"event": row.event_key, "decided_ms": row.decided_ms} if row else {}
    now = {
        "priority_now": found.priority,
        "changed_by": found.changed_by,
        "held": asdict(found.override) if found.override else None,
        "muted": [asdict(one) for one in found.muted],
    }
    return decided | (found.outcome.to_dict() if row else {}) | now
