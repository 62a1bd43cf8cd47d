"""Logging: an event name plus keys, JSON or console, with secrets redacted everywhere.

`bind_context` adds keys; every line of the same thread carries it meanwhile, including lines of the
client, the governor and libraries.
"""

import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from types import TracebackType
from typing import Any, Final

_SECRET_KEYS = re.compile(r"(?i)token|secret|password|authorization|signature|api_?key|cookie")
_MASKED = r"\*{3}@[^/\s@]+(?![^/\s])"
"""What SQLAlchemy shows of an address after the user: the host is worth knowing."""
_SECRET_SHAPES = re.compile(
    rf"\bpk_[A-Za-z0-9_]{{6,}}|\bBearer\s+\S+|://[^/\s:@]*:(?!{_MASKED})[^/\s]+@"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""A terminal obeys them: moves the cursor, hides text, answers, shows it in another order. Tabs and
line breaks stay."""
_HIDDEN = "[redacted]"
_PLAIN = (bool, int, float, type(None))
_CHATTY = (
    "alembic",
    "apscheduler",
    "asyncio",
    "tzlocal",
    "urllib3",
)  # verbose below warning
LOG_AGAIN_MS = 10_000
"""How often one kind of line is logged that `RateLimitedLogger` thins out."""
_SHORTEST = 4
"""Shorter values are left alone: hiding them would spoil every other word."""


def escape_controls(text: str) -> str:
    """The text with control characters written out, as in JSON: `\\u001b`."""
    return _CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


@dataclass(frozen=True)
class _Lines:
    """How lines are written."""

    level: str
    is_json: bool
    bot_name: str

    @cached_property
    def hidden(self) -> tuple[str, ...]:
        """The methods whose lines are below the level."""
        return ("debug", "info")[: max(0, logging.getLevelName(self.level) // 10 - 1)]


_configured: Final[list[_Lines]] = []
"""As `configure` was called last; empty: it was not."""


_importing = threading.Lock()


@cache
def _structlog() -> Any:
    """Imported and set up when the first line is written, which few commands do; and without
    `rich`, which it loads where it finds it: 6 MiB for nothing.

    No choice of processors or submodules avoids that: `structlog/__init__.py`, which runs before
    any submodule, imports `structlog.dev` and `structlog.tracebacks`, and both try `import rich` at
    once. They do without it if that fails, so it fails while they are imported.
    """
    # Several threads may log their first line at once: none may show what another one hides.
    with _importing, _hide_module("rich"):
        import structlog

    for lines in _configured:
        _set_up(structlog, lines)
    return structlog


@contextmanager
def _hide_module(module: str) -> Iterator[None]:
    loaded = {module: sys.modules[module]} if module in sys.modules else {}
    sys.modules[module] = None  # type: ignore[assignment] # an import of it fails
    try:
        yield
    finally:
        del sys.modules[module]
        sys.modules.update(loaded)


class Redactor:
    """Removes known secret values, secret-looking keys and token shapes from log records."""

    def __init__(self) -> None:
        self._values: tuple[str, ...] = ()

    def hide(self, values: Iterable[str]) -> None:
        """Redact these values from now on."""
        hidden = {*self._values, *(v for v in values if len(v) >= _SHORTEST)}
        # Longest first: one secret may be the beginning of another. A new tuple: other threads may
        # be going through the old one.
        self._values = tuple(sorted(hidden, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text with every known secret and token shape replaced, and no control characters."""
        for value in self._values:
            text = text.replace(value, _HIDDEN)
        return escape_controls(_SECRET_SHAPES.sub(_HIDDEN, text))

    def value(self, value: Any) -> Any:
        """The same for nested values. What is no JSON value becomes text here, not in a renderer
        that would print it as it is.
        """
        if isinstance(value, _PLAIN):
            return value
        if isinstance(value, Mapping):
            return {self._key(k): self._pair(k, v) for k, v in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item) for item in value]
        if isinstance(value, bytes):
            return self.text(value.decode(errors="replace"))
        return self.text(str(value))

    def __call__(
        self, _logger: Any, _name: str, record: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """As a structlog processor."""
        for key in list(record):
            record[key] = self._pair(key, record[key])
        return record

    def _pair(self, key: Any, value: Any) -> Any:
        if isinstance(key, str) and _SECRET_KEYS.search(key) and not isinstance(value, _PLAIN):
            return _HIDDEN
        return self.value(value)

    def _key(self, key: Any) -> Any:
        return key if isinstance(key, _PLAIN) else self.text(str(key))


redactor = Redactor()


def configure(level: str = "INFO", *, json: bool | None = None, name: str = "") -> None:
    """Set up logging once per process, on standard error.

    `name` stands in every line as `bot`. `json` None means: JSON lines unless standard error is a
    terminal. Other libraries' lines, and uncaught exceptions, are logged the same way.
    """
    is_json = not sys.stderr.isatty() if json is None else json
    _configured[:] = [_Lines(level, is_json, name)]
    _configure_libraries(level)
    if _structlog.cache_info().currsize:
        _set_up(_structlog(), *_configured)
    redact_uncaught()
    threading.excepthook = _log_uncaught_in_thread


def _set_up(structlog: Any, lines: _Lines) -> None:
    level = logging.getLevelName(lines.level)
    structlog.configure(
        processors=[*_opening(structlog, lines), *_closing(structlog, lines)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _opening(structlog: Any, lines: _Lines) -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        *([_bot_name_processor(lines.bot_name)] if lines.bot_name else []),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _closing(structlog: Any, lines: _Lines) -> list[Any]:
    return [
        structlog.processors.format_exc_info,
        redactor,
        _choose_renderer(structlog, lines.is_json),
    ]


def redact_uncaught() -> None:
    """Tracebacks of uncaught exceptions are printed without secrets."""
    sys.excepthook = _print_uncaught


def _drop_below_warning(_logger: Any, method: str, record: MutableMapping[str, Any]) -> Any:
    structlog = _structlog()
    if method in ("debug", "info"):
        raise structlog.DropEvent
    return record


def _bot_name_processor(name: str) -> Any:
    def add(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> Any:
        record["bot"] = name
        return record

    return add


def _choose_renderer(structlog: Any, as_json: bool) -> Any:
    if as_json:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


class _LibraryFormatter(logging.Formatter):
    """Lines of libraries look as those of the bot."""

    def format(self, record: logging.LogRecord) -> str:
        """With the processors as they are set up."""
        text: str = _library_formatter(*_configured).format(record)
        return text


@lru_cache(maxsize=1)
def _library_formatter(lines: _Lines) -> Any:
    structlog = _structlog()
    stdlib = structlog.stdlib
    return stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_opening(structlog, lines), stdlib.add_logger_name],
        processors=[
            stdlib.ProcessorFormatter.remove_processors_meta,
            *_closing(structlog, lines),
        ],
    )


def _configure_libraries(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LibraryFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _print_uncaught(
    kind: type[BaseException], problem: BaseException, where: TracebackType | None
) -> None:
    """As Python prints it, without secrets."""
    text = "".join(traceback.format_exception(kind, problem, where))
    sys.stderr.write(redactor.text(text))


def _log_uncaught_in_thread(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_type is not SystemExit:
        name = failure.thread.name if failure.thread else ""
        get().error("thread_died", thread=name, exc_info=failure.exc_value)


@contextmanager
def bind_context(**keys: Any) -> Iterator[None]:
    """Every line of this thread carries these keys inside the `with`."""
    from structlog.contextvars import bind_contextvars, reset_contextvars

    # Not `bound_contextvars`, which copies all that is bound before.
    earlier = bind_contextvars(**keys)
    try:
        yield
    finally:
        reset_contextvars(**earlier)


class _Logger:
    """One of structlog's, made when the first line is written."""

    def __init__(self, bound: Mapping[str, Any]) -> None:
        self._bound = bound

    def __getattr__(self, method: str) -> Any:
        # Several lines come with each event, and most are not written: those cost nothing more.
        return _write_nothing if method in _hidden() else getattr(_get(**self._bound), method)


def get(**bound: Any) -> Any:
    """A logger; use as `log.info("event_name", key=value)`.

    In a program that never calls `configure`, only warnings are printed, on standard error: nobody
    who uses the client or the sandbox in a script wants a line for every call.
    """
    return _Logger(bound)


def _hidden() -> tuple[str, ...]:
    """The methods whose lines nobody gets, as `configure` has it."""
    return _configured[0].hidden if _configured else ()


def _write_nothing(_event: str, **_keys: Any) -> None:
    """In place of such a method."""


def _get(**bound: Any) -> Any:
    structlog = _structlog()
    if not structlog.is_configured():
        structlog.configure(
            processors=[
                _drop_below_warning,
                structlog.processors.add_log_level,
                redactor,
                _choose_renderer(structlog, as_json=False),
            ],
            # Looked up each time: a test may have put another stream there.
            logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
            cache_logger_on_first_use=False,
        )
    return structlog.get_logger(**bound)


class RateLimitedLogger:
    """Lines that anybody can cause, or that come by the thousand: one at intervals, with how many
    there were. `clock` gives Unix milliseconds.

    The first of its kind is logged at once. A kind is one of few, never a client's own words.
    """

    def __init__(self, clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._counts: dict[tuple[str, str], int] = {}
        self._logged_ms: dict[tuple[str, str], int] = {}

    def warning(self, event: str, kind: str = "", **keys: Any) -> None:
        """A warning; `count` are those since the last line of this event and kind."""
        if count := self._due((event, kind)):
            get().warning(event, count=count, **keys)

    def error(self, event: str, kind: str = "", **keys: Any) -> None:
        """The same as an error."""
        if count := self._due((event, kind)):
            get().error(event, count=count, **keys)

    def _due(self, key: tuple[str, str]) -> int:
        now = self._clock()
        with self._lock:
            count = self._counts[key] = self._counts.get(key, 0) + 1
            if now - self._logged_ms.get(key, now - LOG_AGAIN_MS) < LOG_AGAIN_MS:
                return 0
            self._counts[key], self._logged_ms[key] = 0, now
            return count
