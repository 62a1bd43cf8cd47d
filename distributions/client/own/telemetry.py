"""Counts nothing: a program that wants numbers has `ClickUp.calls_by` and its own log."""

from typing import Any, Final


class _NoMetric:
    def labels(self, *_: str) -> "_NoMetric":
        return self

    def inc(self) -> None:
        pass

    def observe(self, _value: float) -> None:
        pass


FOREIGN_ANSWERS: Final = _NoMetric()
BUDGET_WAIT: Final = _NoMetric()


def record_call(*_: Any) -> None:
    """A request was answered, or not."""
