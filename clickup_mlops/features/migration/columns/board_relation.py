"""Connected boards: items of other boards."""

from typing import Final

from clickup_mlops.features.migration.columns._build import Convert, column_type
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.features.migration.steps import AddLink, SetRelation

COLUMN_OF_LINK: Final = "which column connects two items: their tasks are linked"


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    return ", ".join(
        str(reference.get("name") or f"item {reference['item']}") for reference in cell.value
    )


def _relation(cell: Cell, _column: Column, choice: Choice, _lookup: Lookup) -> Converted:
    item_ids = _item_ids(cell)
    return Converted(deferred=(SetRelation("", choice.name, item_ids),) if item_ids else ())


def _links(cell: Cell, column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    links = tuple(AddLink("", item_id) for item_id in _item_ids(cell))
    return Converted(deferred=links, losses=(Loss(COLUMN_OF_LINK, column.title),) if links else ())


def _item_ids(cell: Cell) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(reference["item"]) for reference in cell.value))


_FIELDS: Final[dict[str, Convert]] = {"tasks": _relation, "list_relationship": _relation}
_COLUMN: Final = Column("models", "Models", "board_relation")
_OTHER: Final = [{"item": "31", "board": "5", "name": "Llama 4"}]

COLUMN = column_type(
    "A relationship field, or links between tasks. Items that are not migrated are named in the "
    "description.",
    (Target("field", "tasks"), Target("links"), Target("field", "list_relationship")),
    _words,
    slots={"links": _links},
    field_types=_FIELDS,
    losses=(COLUMN_OF_LINK,),
    samples=(
        sample(
            _COLUMN,
            _OTHER,
            "field:tasks",
            Converted(deferred=(SetRelation("", "Models", ("31",)),)),
        ),
        sample(
            _COLUMN,
            _OTHER,
            "links",
            Converted(deferred=(AddLink("", "31"),), losses=(Loss(COLUMN_OF_LINK, "Models"),)),
        ),
    ),
)
