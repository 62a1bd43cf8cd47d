"""Bindings: which reading goes into which custom field of which task. Pure."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Annotated, Final, Literal

from pydantic import Field

from clickup_mlops.config import Table
from clickup_mlops.features.metrics.scrape import Reading

Of = Literal["only", "max", "min", "sum", "mean"]
AGGREGATES: Final[Mapping[Of, Callable[[Iterable[float]], float]]] = {
    "max": max,
    "min": min,
    "sum": sum,
    "mean": fmean,
}
Name = Annotated[str, Field(min_length=1)]


class BindingTable(Table):
    """One field, on each task that a series of the measure belongs to."""

    field: Name
    """Name of the custom field, of type number."""
    source: Name
    """Name of the source: `[metrics.sources.<name>]`."""
    measure: Name
    """The measure, as `clickup-mlops metrics scrape` prints it."""
    where: dict[str, str] = Field({})
    """Only series with these labels."""
    match: dict[str, str] = Field({})
    """How a task is found: a label, and what of the task has its value: `name`, `id`, `tag`, `list`
    or a custom field's name. Empty: each label that is not in `where` must be the value of the
    field of the same name, the task's name, or a tag."""
    lists: tuple[str, ...] = ()
    """Only tasks of these Lists, by name or id. Empty: any."""
    of: Of = "only"
    """If several series belong to one task: `max`, `min`, `sum` or `mean` of them; `only`: that is
    reported, and nothing is written."""
    factor: float = Field(1.0, allow_inf_nan=False)
    """The value is multiplied with it, to fit the field's unit."""
    decimals: int | None = Field(None, ge=0, le=9)
    """Values are rounded to so many decimals; by default to 2, and values below 1 to 4."""
    least_change: float = Field(0.02, ge=0, le=1)
    """Smaller changes are not written: 0.02 is 2% of the value, or of what a share of a whole has
    left to 0 or to the whole. A value that crosses its objective always is."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A binding, whether from the settings or from a template, which holds in its Folders or its
    Space only.
    """

    field: str
    source: str
    measure: str
    where: Mapping[str, str] = dataclasses.field(default_factory=dict)
    match: Mapping[str, str] = dataclasses.field(default_factory=dict)
    lists: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    of: Of = "only"
    factor: float = 1.0
    decimals: int | None = None
    least_change: float = 0.02
    space_id: str = ""
    template: str = ""
    query: str = ""
    """Of a template: what a Prometheus is asked; empty: what its settings say."""

    @property
    def origin(self) -> str:
        """Who said so, for people."""
        return f"template {self.template}" if self.template else "settings"

    def takes(self, reading: Reading) -> bool:
        """Whether the reading is of this measure, with these labels."""
        return (
            reading.measure == self.measure and self.where.items() <= dict(reading.labels).items()
        )

    def value(self, readings: Iterable[Reading]) -> float | None:
        """The field's value; None if there are several readings and no word on what to do."""
        return self.of_values([reading.value for reading in readings])

    def of_values(self, values: Sequence[float]) -> float | None:
        """The same of the readings' values."""
        if self.of != "only":
            return self.rounded(AGGREGATES[self.of](values))
        return self.rounded(values[0]) if len(values) == 1 else None

    def rounded(self, value: float) -> float:
        """In the field's unit and precision."""
        in_unit = value * self.factor
        decimals = self.decimals if self.decimals is not None else 2 if abs(in_unit) >= 1 else 4
        return round(in_unit, decimals)


def configured(tables: Iterable[BindingTable]) -> list[Binding]:
    """Bindings of the settings."""
    return [
        Binding(**{**table.model_dump(exclude={"lists"}), "lists": folded(table.lists)})
        for table in tables
    ]


def folded(names: Iterable[str]) -> frozenset[str]:
    """Names as they are compared."""
    return frozenset(name.casefold() for name in names)
