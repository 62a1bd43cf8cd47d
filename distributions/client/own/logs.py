"""Log lines by the standard library: `logging.getLogger("clickup_client")`.

Lines have method and route template, no ids or bodies.
"""

import logging
from collections.abc import Iterable
from typing import Any

_LOGGER = logging.getLogger("clickup_client")
# Without a handler, each call whose error a script handles is a line on its standard error.
_LOGGER.addHandler(logging.NullHandler())


class _Log:
    def __getattr__(self, level: str) -> Any:
        def write(event: str, **values: object) -> None:
            text = " ".join(f"{name}={value}" for name, value in values.items())
            _LOGGER.log(logging.getLevelName(level.upper()), "%s %s", event, text)

        return write


class _Redactor:
    def __init__(self) -> None:
        self._values: frozenset[str] = frozenset()

    def hide(self, values: Iterable[str]) -> None:
        """Redact these values from now on."""
        self._values |= {value for value in values if value}

    def text(self, text: str) -> str:
        """The text without them."""
        for value in self._values:
            text = text.replace(value, "[redacted]")
        return text


redactor = _Redactor()


def get() -> _Log:
    """A logger; use as `log.info("event_name", key=value)`."""
    return _Log()
