"""`silence:<integration>#<alert>`: an alert notifies nobody for a while.

Kept in the tool: `{"labels", "starts_ms", "until_ms", "user", "text", "ref"}`; of one that is there
also its `id`. Its comment there ends with `ref`, by which it is found again. ClickUp gets no call.
"""

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.integrations.silencing import Silences


def write(clickup: EffectClient, _task_id: str, change: Change) -> str | None:
    """Its id in the tool. Twice is the same as once."""
    silences, integration = clickup.service(Silences), _integration(change)
    if change.after is None:
        silences.end(integration, change.before["id"])
        return None
    return silences.create(integration, change.after)


def find(
    clickup: EffectClient, _task: Task, change: Change, _lost_write: LostWrite
) -> Receipt | bool:
    """The tool lists it."""
    silence = change.after or change.before
    found_id = clickup.service(Silences).find(_integration(change), silence["ref"])
    if change.after is None:
        return True if found_id is None else None
    return found_id


def undo(change: Change, receipt: Receipt) -> Change | None:
    """It is ended."""
    if change.after is None or receipt is None:
        return None
    silence = {**change.after, "id": receipt}
    return Change(change.kind, silence, None, f"undo: {change.text}", {})


def _integration(change: Change) -> str:
    return change.subject.partition("#")[0]


EFFECT = Effect("An alert notifies nobody for a while.", write, find, undo, makes_new=True)
