"""A port of the store: tables of features that say which tasks the bot created."""

from collections.abc import Iterable
from typing import ClassVar


class TaskCreator:
    """A repository with what a feature created. It is found among the features' tables."""

    CREATED: ClassVar[str]
    """Why the words of its tasks are not people's, such as "provisioning created it"."""

    def has_created(self, task_id: str) -> bool:
        """Whether the feature created this task."""
        raise NotImplementedError

    def names_in_creation(self) -> Iterable[str]:
        """Names of tasks that may exist although their ids are not known yet."""
        raise NotImplementedError

    def list_created_ms(self, _list_id: str) -> int | None:
        """When it created this List (Unix ms), to which ClickUp may have added tasks; None: it did
        not.
        """
        return None

    def chose_priority(self, _task_id: str, _is_by_bot: bool) -> bool:
        """Whether the task has the priority that the feature created it with, so that no person
        chose it. `_is_by_bot`: the bot's user created the task.
        """
        return False
