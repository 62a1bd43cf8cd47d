"""One ordinary event, counted: a new task is read, routed, and its priority written."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.sandbox import Sandbox, running
from tests.counted import Calls, PostgresProxy, Statements, trace_sqlite
from tests.flows.conftest import INFERENCE, LIST, Team, settings_for, working
from tests.ports import BoundPort

WARM: int = 8
"""Events before those that are counted: statements are prepared, caches are full."""
TRIES: int = 4
"""Events that are counted; the cheapest counts."""


@dataclass(frozen=True, slots=True)
class Cost:
    """`to_write`: calls up to the one that writes; the others until the lane is given back."""

    files: int
    functions: int
    calls: int
    calls_in_all: int
    statements: int
    transactions: int
    round_trips: int
    round_trips_of_echoes: int
    texts: list[str] = field(repr=False)
    function_lines: list[str] = field(repr=False)


def measure(url: str = "", *, with_all: bool = False) -> Cost:
    """On an empty database at this URL of PostgreSQL, in a schema of its own; empty: on SQLite."""
    statements = Statements()
    with (
        running(rate_limit=0) as sandbox,
        tempfile.TemporaryDirectory() as folder,
        _database(url, Path(folder), statements) as store,
        _team(sandbox, Path(folder), store, with_all=with_all) as team,
    ):
        if not url:
            trace_sqlite(team.bot.store.database.engine, statements)
            team.bot.store.database.close()
        return _measure(team, statements)


def _measure(team: Team, statements: Statements) -> Cost:
    for number in range(WARM):
        _handle(team, f"{INFERENCE} {number}", Calls())
        _settle(team)
    calls, writes, tries, echoes = Calls(), list[Calls](), list[Statements](), list[int]()
    for number in range(TRIES):
        calls = Calls()
        _handle(team, f"{INFERENCE} a{number}", calls, statements)
        tries.append(Statements([*statements.texts], statements.round_trips))
        statements.clear()
        _receive(team)
        echoes.append(statements.round_trips)
        _settle(team)
    # On a connection that is new to it, a statement is prepared first.
    counted = min(tries, key=lambda of_try: (of_try.round_trips, len(of_try.data)))
    for number in range(TRIES):
        writes.append(Calls())
        _handle(team, f"{INFERENCE} b{number}", writes[-1], until_write=True)
        _settle(team)
    # In each new second the date of an answer is read anew.
    to_write = min(writes, key=attrgetter("total"))
    return Cost(
        files=to_write.files,
        functions=to_write.functions,
        calls=to_write.total,
        calls_in_all=calls.total,
        statements=len(counted.data),
        transactions=counted.transactions,
        round_trips=counted.round_trips,
        round_trips_of_echoes=min(echoes),
        texts=counted.texts,
        function_lines=[*calls.lines()],
    )


def _handle(
    team: Team,
    name: str,
    calls: Calls,
    statements: Statements | None = None,
    *,
    until_write: bool = False,
) -> None:
    task = team.member.create_task(LIST, name)
    _receive(team)
    if statements is not None:
        statements.clear()
    with calls.counting(until="update" if until_write else ""):
        team.bot.lanes.worker.run(task)
    assert len(team.bot_writes(task)) == 1


def _receive(team: Team) -> None:
    team.control.deliveries.resume()
    assert team.control.deliveries.wait_idle()
    team.control.deliveries.pause()


def _settle(team: Team) -> None:
    team.control.deliveries.resume()
    team.settle()


@contextmanager
def _team(sandbox: Sandbox, folder: Path, store: str, *, with_all: bool) -> Iterator[Team]:
    port = BoundPort()
    names = [
        file.stem for at in AutomationsSettings().folders for file in sorted(at.glob("*.toml"))
    ]
    by_name = {name: {"mode": "on"} for name in names} if with_all else {}
    more = {"store": {"url": store}} if store else {}
    settings = settings_for(sandbox, folder, port, automations={"by_name": by_name}, **more)
    with working(sandbox, settings, port, migrates=True) as team:
        team.bot.context.reader.longest_wait_ms = 0
        team.bot.sources.hooks.register()
        team.bot.sources.backfill.run()
        assert team.bot.user_id
        yield team


@contextmanager
def _database(url: str, folder: Path, statements: Statements) -> Iterator[str]:
    if not url:
        yield ""
        return
    schema, admin = f"ordinary_{secrets.token_hex(4)}", create_engine(url)
    with admin.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    proxy = PostgresProxy(url, statements)
    try:
        address = make_url(proxy.url).update_query_dict({"options": f"-csearch_path={schema}"})
        yield address.render_as_string(hide_password=False)
    finally:
        proxy.close()
        with admin.begin() as connection:
            connection.execute(text(f"drop schema {schema} cascade"))
        admin.dispose()
