"""A page about the custom fields in each place's Doc. Pure.

No documented call gives a field a description or a unit, so that people would not see what the
template says. The page lists the fields of the place, and of those below that have no Doc.
"""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.provisioning.template.model import (
    CustomField,
    Doc,
    Folder,
    List,
    Page,
    Space,
)
from clickup_mlops.features.provisioning.tree import fold_name

NAME: Final = "Custom fields"
_HEAD: Final = "| Field | Unit | Meaning |\n| --- | --- | --- |\n"


def of(place: Space | Folder | List) -> tuple[Doc, ...]:
    """The place's Docs; the first one with the page, if there is anything to say."""
    fields = [field for field in _fields(place) if field.description or field.unit]
    if not place.doc or not fields or _has_page(place.doc[0]):
        return place.doc
    first, *more = place.doc
    page = Page(name=NAME, content=_HEAD + "\n".join(map(_row, fields)))
    return (first.model_copy(update={"page": (*first.page, page)}), *more)


def _fields(place: Space | Folder | List) -> Iterator[CustomField]:
    yield from place.field
    if isinstance(place, List):
        return
    for list_ in place.list:
        yield from () if list_.doc else _fields(list_)
    for folder in place.folder if isinstance(place, Space) else ():
        yield from () if folder.doc else _fields(folder)


def _has_page(doc: Doc) -> bool:
    return any(fold_name(page.name) == fold_name(NAME) for page in doc.page)


def _row(field: CustomField) -> str:
    text = " ".join(field.description.split()).replace("|", "\\|")
    return f"| {field.name} | {field.unit} | {text} |"
