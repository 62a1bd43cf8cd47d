"""Counts what one event costs: files, functions and calls of the project, statements, transactions
and round trips to the database. Counts do not depend on the machine.
"""

import socket
import sqlite3
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

from sqlalchemy import Engine, make_url

import clickup_mlops

PROJECT: Final = str(Path(clickup_mlops.__file__).parent)
_CONTROL: Final = ("begin", "commit", "rollback", "pragma", "set ")
_WITHIN: Final = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""Frames of some versions of Python that are parts of a function."""


@dataclass
class Calls:
    """Calls of the project's functions by one thread."""

    by_code: Counter[CodeType] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many calls there were."""
        return self.by_code.total()

    @property
    def functions(self) -> int:
        """How many different functions ran."""
        return len(self.by_code)

    @property
    def files(self) -> int:
        """In how many files."""
        return len({code.co_filename for code in self.by_code})

    def lines(self) -> Iterator[str]:
        """A line for each function, the most frequent first."""
        for code, count in self.by_code.most_common():
            place = code.co_filename.removeprefix(PROJECT).lstrip("/")
            yield f"{count:5}  {place}:{code.co_firstlineno} {code.co_qualname}"

    @contextmanager
    def counting(self, until: str = "") -> Iterator[None]:
        """Counts what this thread calls, if `until` is given only up to a function of this name."""
        counts = self.by_code

        def note(frame: FrameType, event: str, _argument: object) -> None:
            code = frame.f_code
            if event == "call" and code.co_filename.startswith(PROJECT):
                if code.co_name not in _WITHIN:
                    counts[code] += 1
                if code.co_name == until:
                    sys.setprofile(None)

        sys.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(None)


@dataclass
class Statements:
    """What a database was asked. `round_trips`: how often somebody waited for its answer."""

    texts: list[str] = field(default_factory=list)
    round_trips: int = 0

    def note(self, text: str) -> None:
        """The database gets a statement."""
        self.texts.append(" ".join(text.split()))

    def clear(self) -> None:
        """Counts from here on."""
        self.texts.clear()
        self.round_trips = 0

    @property
    def data(self) -> list[str]:
        """Those that read or write rows."""
        return [text for text in self.texts if not text.lower().startswith(_CONTROL)]

    @property
    def transactions(self) -> int:
        """How many transactions were committed."""
        return sum(text.lower().startswith("commit") for text in self.texts)


def trace_sqlite(engine: Engine, statements: Statements) -> None:
    """Note what connections of the engine that are opened from now on execute."""
    from sqlalchemy import event

    def opened(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(statements.note)

    event.listen(engine, "connect", opened)


class PostgresProxy:
    """Passes connections on to the server of a URL, and notes what they ask."""

    def __init__(self, url: str, statements: Statements) -> None:
        self._url, self._statements = make_url(url), statements
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The address that leads through it."""
        port = self._server.getsockname()[1]
        url = self._url.set(host="127.0.0.1", port=port).update_query_dict({"sslmode": "disable"})
        return url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Accept no more."""
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                server = socket.create_connection((self._url.host, self._url.port or 5432))
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                conversation = _Conversation(self._statements)
                _pump(client, server, conversation.asked)
                _pump(server, client, lambda _data: None)


class _Conversation:
    """One connection: the messages of the client. It waits after a `Sync` or a simple query."""

    def __init__(self, statements: Statements) -> None:
        self._statements, self._rest, self._is_open = statements, b"", False
        self._prepared: dict[bytes, str] = {}
        self._bound = ""

    def asked(self, data: bytes) -> None:
        self._rest += data
        while (message := self._next()) is not None:
            self._read(*message)

    def _next(self) -> tuple[bytes, bytes] | None:
        start = 1 if self._is_open else 0  # the first message has no type
        if len(self._rest) < start + 4:
            return None
        end = start + struct.unpack("!I", self._rest[start : start + 4])[0]
        if len(self._rest) < end:
            return None
        kind, body = self._rest[:start], self._rest[start + 4 : end]
        self._rest, self._is_open = self._rest[end:], True
        return kind, body

    def _read(self, kind: bytes, body: bytes) -> None:
        self._statements.round_trips += kind in (b"Q", b"S")
        if kind == b"Q":
            self._statements.note(body.rstrip(b"\0").decode())
        elif kind == b"P":
            name, text, *_ = body.split(b"\0")
            self._prepared[name] = text.decode()
        elif kind == b"B":
            _portal, name, *_ = body.split(b"\0")
            self._bound = self._prepared.get(name, "")
        elif kind == b"E":
            self._statements.note(self._bound)


def _pump(source: socket.socket, target: socket.socket, note: Callable[[bytes], None]) -> None:
    def run() -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                note(data)
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=run, daemon=True).start()
