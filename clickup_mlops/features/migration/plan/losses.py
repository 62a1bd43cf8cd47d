"""Counts of what is lost, with a few examples each: bounded, however many items there are. Pure."""

from dataclasses import dataclass, field

from clickup_mlops.features.migration.plan.model import EXAMPLES, LossCount

_LONGEST = 80


@dataclass(slots=True)
class Tally:
    """Losses of one column, by what is lost."""

    _examples: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

    def add(self, loss: str, item: str, example: str = "") -> None:
        """One more; `item` is the item's name."""
        count, examples = self._examples.get(loss, (0, []))
        if len(examples) < EXAMPLES:
            examples.append(_short(f"{item}: {example}" if example else item))
        self._examples[loss] = (count + 1, examples)

    def counts(self) -> tuple[LossCount, ...]:
        """The most frequent first."""
        rows = [
            LossCount(loss, count, tuple(examples))
            for loss, (count, examples) in self._examples.items()
        ]
        return tuple(sorted(rows, key=lambda row: (-row.count, row.what)))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
