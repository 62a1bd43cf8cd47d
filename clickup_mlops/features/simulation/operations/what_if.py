"""What if: the open tasks that another policy would give another priority. No call, no write."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from clickup_mlops import config as files
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ConfigError
from clickup_mlops.features.simulation.what_if import Question as Question
from clickup_mlops.features.simulation.what_if import ask, facts, settings_of
from clickup_mlops.routing.own_words import Classifier
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.what_if import Move, Watch
from clickup_mlops.store import Store

_SOURCE: Final = re.compile(r"^.*?: (?=routing)", re.MULTILINE)


@dataclass(frozen=True)
class Moves:
    """How many tasks were evaluated, and those that would move, the most important first."""

    evaluated: int
    moves: tuple[Move, ...]

    @cached_property
    def counts(self) -> list[tuple[tuple[int | None, int | None], int]]:
        """How many would move from which priority to which, most first."""
        counts = Counter((move.before.priority, move.after.priority) for move in self.moves)
        return sorted(counts.items(), key=lambda entry: (-entry[1], str(entry[0])))

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "evaluated": self.evaluated,
            "counts": [
                {"now": now, "would_be": then, "tasks": count} for (now, then), count in self.counts
            ],
            "moves": [facts(move) for move in self.moves],
        }


def policy(file: Path | None, assignments: Sequence[str] = ()) -> Policy:
    """The policy of a settings file (None: of the usual one) with changes such as
    `routing.urgent_cap.share=0.1`.

    Raises:
        ConfigError: the file or a value cannot be used. InputError: it is no assignment.
    """
    values = settings_of(assignments)
    files.load(Settings, file)  # so that a problem of the file itself is reported as one
    try:
        return files.load(Settings, file, **values).routing
    except ConfigError as problem:
        text = _SOURCE.sub("--set ", str(problem))
        raise ConfigError(
            text, hint="`clickup-mlops help configuration` shows every key."
        ) from None


def what_if(
    store: Store, classifier: Classifier, question: Question, now_ms: int, *, watch: Watch = iter
) -> Moves:
    """Evaluate the tasks that the bot knows with both policies; `watch` may show progress.

    Raises:
        InputError: no open task is in a List of that name; names the nearest.
    """
    evaluated, moves = ask(store, classifier, question, now_ms, watch=watch)
    return Moves(evaluated, tuple(moves))
