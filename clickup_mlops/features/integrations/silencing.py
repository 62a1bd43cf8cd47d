"""What commands and their effect ask of silences, without what a network needs: most commands that
load the effects make none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clickup_mlops.spelling import format_count


@dataclass(frozen=True, slots=True)
class FiringAlert:
    """An alert, or a group of them, that fires in the tool `integration`. `labels` find it."""

    integration: str
    key: str
    title: str
    labels: Mapping[str, str]


class Silences:
    """Silences in the tools that report alerts."""

    def firing(self, task_ids: Iterable[str]) -> list[FiringAlert]:
        """Those that fire about the tasks now, each once.

        Raises:
            InputError: no tool can be asked.
            ClickUpMlopsError: one does not answer.
        """
        raise NotImplementedError

    def create(self, integration: str, silence: Mapping[str, Any]) -> str:
        """Make it, unless one with the same `ref` is there; its id."""
        raise NotImplementedError

    def find(self, integration: str, ref: str) -> str | None:
        """Id of the silence with this `ref` that has not ended; None: there is none."""
        raise NotImplementedError

    def end(self, integration: str, silence_id: str) -> None:
        """End it now; that it has ended already is the same."""
        raise NotImplementedError


def describe(alerts: Sequence[FiringAlert], most: int = 5) -> str:
    """Their titles, as plain text."""
    titles = ", ".join(alert.title for alert in alerts[:most])
    more = len(alerts) - most
    return f"{titles} and {format_count(more, 'more')}" if more > 0 else titles
