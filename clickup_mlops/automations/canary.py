"""Where an automation in mode `canary` acts."""

import hashlib

from pydantic import Field

from clickup_mlops.clickup.model import Task
from clickup_mlops.config import Table


class Canary(Table):
    """On which tasks an automation in mode `canary` acts; on the others it is in shadow."""

    lists: tuple[str, ...] = ()
    """Names or ids of Lists. Empty: all."""
    share: float = Field(1.0, gt=0, le=1)
    """Share of the tasks in them, always the same ones: 0.1 is one in ten."""

    def has(self, task: Task) -> bool:
        """By the List, and by a number that is made from the task's id."""
        if self.lists and not {task.list_name, task.list_id} & set(self.lists):
            return False
        digest = hashlib.sha256(task.id.encode()).digest()
        return int.from_bytes(digest[:8], "big") < self.share * 2**64
