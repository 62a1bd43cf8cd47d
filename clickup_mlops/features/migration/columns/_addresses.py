"""Addresses whose form ClickUp checks: links, e-mail addresses, phone numbers. Pure."""

from typing import Final

from clickup_mlops.features.migration.columns._build import as_lines, refused
from clickup_mlops.features.migration.columns._model import Converted, Loss
from clickup_mlops.features.migration.records import Column

LABEL: Final = "the text that stands for an address"


def address(column: Column, kind: str, value: str, label: str, refusal: str) -> Converted:
    """The value of a field of type `kind`, and the loss of its label.

    What ClickUp would refuse is kept in the description, with the loss `refusal`.
    """
    if not value:
        return as_lines(column, label, *([Loss(LABEL, label)] if label else []))
    if refused(kind, value):
        return as_lines(column, labelled(value, label), Loss(refusal, value))
    has_own = bool(label) and label != value
    return Converted(value=value, losses=(Loss(LABEL, label),) if has_own else ())


def labelled(value: str, label: str) -> str:
    """Both, if they are two."""
    return f"{label}: {value}" if label and value and label != value else value or label
