"""One log set-up: an event name plus keys, JSON or console, with secrets redacted everywhere."""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

_SECRET_KEYS = re.compile(r"(?i)token|secret|password|authorization|signature|api_?key|cookie")
_SECRET_SHAPES = re.compile(r"\bpk_[A-Za-z0-9_]{6,}|\bBearer\s+\S+|://[^/\s:@]*:[^/\s]+@")
_HIDDEN = "[redacted]"
_CHATTY = ("alembic", "apscheduler")  # tell of their own workings at INFO


class Redactor:
    """Removes known secret values, secret-looking keys and token shapes from log records."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def hide(self, values: Iterable[str]) -> None:
        """Never print these values again, wherever they stand."""
        # A new set: other threads may be going through the old one.
        self._values = self._values | {v for v in values if len(v) >= 4}

    def text(self, text: str) -> str:
        """The text with every known secret and token shape replaced."""
        for value in self._values:
            text = text.replace(value, _HIDDEN)
        return _SECRET_SHAPES.sub(_HIDDEN, text)

    def value(self, value: Any) -> Any:
        """The same for nested values; strings inside lists and mappings too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {k: self._pair(k, v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value

    def __call__(
        self, _logger: Any, _name: str, record: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """As a structlog processor."""
        for key in list(record):
            record[key] = self._pair(key, record[key])
        return record

    def _pair(self, key: Any, value: Any) -> Any:
        if isinstance(key, str) and isinstance(value, str | bytes) and _SECRET_KEYS.search(key):
            return _HIDDEN
        return self.value(value)


redactor = Redactor()


class _RedactingFormatter(logging.Formatter):
    """Records of other libraries go through the same redaction, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redactor.text(super().format(record))


def configure(level: str = "INFO", *, json: bool | None = None) -> None:
    """Set up logging once per process, on standard error.

    `json` None means: JSON lines unless standard error is a terminal.
    """
    import structlog

    as_json = not sys.stderr.isatty() if json is None else json
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    render: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redactor,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def get(**bound: Any) -> Any:
    """A logger; use as `log.info("event_name", key=value)`."""
    import structlog

    return structlog.get_logger(**bound)
