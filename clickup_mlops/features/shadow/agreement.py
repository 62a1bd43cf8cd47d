"""How often people agree, by List and over time. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clickup_mlops.features.shadow.tables.answers import Answer


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many of the answers agree."""

    agreed: int
    answers: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 without an answer."""
        return self.agreed / self.answers if self.answers else 0.0

    @property
    def text(self) -> str:
        """For people: `92% of 25 answers`."""
        if not self.answers:
            return "no answer yet"
        noun = "answer" if self.answers == 1 else "answers"
        return f"{self.share:.0%} of {self.answers} {noun}"

    def is_enough(self, enough: float, fewest: int) -> bool:
        """Whether so many answers agree that a List is ready."""
        return self.answers >= fewest and self.share >= enough


def measure(answers: Iterable[Answer]) -> Agreement:
    """Of these answers to proposals."""
    all_answers = [answer for answer in answers if answer.via != "live"]
    return Agreement(sum(answer.agrees for answer in all_answers), len(all_answers))


def by_list(answers: Iterable[Answer]) -> Mapping[str, Agreement]:
    """By the List's id."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.list_id].append(answer)
    return {list_id: measure(group) for list_id, group in groups.items()}


def by_week(answers: Iterable[Answer]) -> Mapping[str, Agreement]:
    """By the Monday (`2026-11-23`, UTC) of the week, oldest first."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[_monday(answer.at_ms)].append(answer)
    return {monday: measure(groups[monday]) for monday in sorted(groups)}


def _monday(at_ms: int) -> str:
    day = datetime.fromtimestamp(at_ms / 1000, UTC).date()
    return (day - timedelta(days=day.weekday())).isoformat()
