"""`attachment:<automation>` and the like: a file on the task. ClickUp's API cannot remove one.

`after` has its name, and its text, or its bytes as `base64`. The name and the time of the upload
tell it from other files.
"""

import base64

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt
from clickup_mlops.clickup.model import Event, Task


def write(clickup: EffectClient, task_id: str, change: Change) -> str:
    """One call; the file's id."""
    file = change.after
    content = base64.b64decode(file["base64"]) if "base64" in file else file["text"].encode()
    return clickup.attachments.add(task_id, change.after["name"], content).id


def find(
    clickup: EffectClient, task: Task, change: Change, lost_write: LostWrite
) -> Receipt | bool:
    """One of that name that is as new. A call for each 100 files of the task."""
    ours = (
        attachment.id
        for attachment in clickup.attachments.of_task(clickup.workspace_id, task.id)
        if attachment.title == change.after["name"] and attachment.date_ms >= lost_write.since_ms
    )
    return next(
        (attachment_id for attachment_id in ours if not lost_write.taken(attachment_id)), None
    )


def undo(_change: Change, _receipt: Receipt) -> Change | None:
    """None: ClickUp's API cannot remove a file."""
    return None


def receipt_in(event: Event) -> str | None:
    """The id of a file that was attached."""
    ids = (item.after for item in event.items if item.field == "attachments")
    return next((attachment_id for attachment_id in ids if isinstance(attachment_id, str)), None)


EFFECT = Effect(
    summary="A file on the task.",
    write=write,
    find=find,
    undo=undo,
    receipt_in=receipt_in,
    makes_new=True,
    history=lambda _change: "attachments",
    events=("taskUpdated",),
)
