"""What `/undo` reverts together: what the bot wrote because of one thing that happened."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of work on a task, such as an incident; features show it as a view of the task.

    The writes that begin it are of this `kind`, with its `id` as their receipt; what follows is
    caused by `<kind>:<id>:<what>`.
    """

    kind: str
    id: str
    opened_ms: int
    is_open: bool
    """Whether it lasts, and the task is part of it."""
    others: tuple[str, ...] = ()
    """Other tasks that are part of it now."""
    tags: tuple[str, ...] = ()
    """Tags that mark its tasks."""

    @property
    def goes_on(self) -> bool:
        """Whether it lasts without the task."""
        return bool(self.others)
