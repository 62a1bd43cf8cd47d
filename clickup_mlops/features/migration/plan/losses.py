"""Counts of what is lost, with a few examples each: bounded, however many items there are. Pure."""

from dataclasses import dataclass, field

from clickup_mlops.features.migration.plan.model import EXAMPLES, LossCount

_LONGEST = 80


@dataclass(slots=True)
class Tally:
    """Losses of one column, by what is lost."""

    _found: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

    def add(self, what: str, item: str, example: str = "") -> None:
        """One more; `item` is the item's name."""
        count, examples = self._found.get(what, (0, []))
        if len(examples) < EXAMPLES:
            examples.append(_short(f"{item}: {example}" if example else item))
        self._found[what] = (count + 1, examples)

    def counts(self) -> tuple[LossCount, ...]:
        """The most frequent first."""
        rows = [LossCount(what, count, tuple(said)) for what, (count, said) in self._found.items()]
        return tuple(sorted(rows, key=lambda one: (-one.count, one.what)))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
