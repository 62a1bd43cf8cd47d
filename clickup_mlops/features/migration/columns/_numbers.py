"""Decimal numbers. Pure."""

from decimal import Decimal, InvalidOperation
from typing import Final

from clickup_mlops.features.migration.columns._model import Loss

DIGITS: Final = "digits beyond the 15 to 17 that a number keeps in ClickUp"


def read(text: str) -> tuple[int | float, tuple[Loss, ...]]:
    """The number that the text is, and the loss of digits if there is one. Raises ValueError."""
    try:
        exact = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r:.60} is not a number") from None
    number = float(exact)
    if not exact.is_finite() or abs(number) == float("inf") or "_" in text:
        raise ValueError(f"{text!r:.60} is not a number that ClickUp can keep")
    rounded = int(number) if number.is_integer() and abs(number) < 2**53 else number
    # The shortest text of a float is what people see of it.
    return rounded, () if Decimal(repr(number)) == exact else (Loss(DIGITS, text),)
