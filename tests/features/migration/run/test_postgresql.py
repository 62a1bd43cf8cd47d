"""The journal on PostgreSQL."""

import os
import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from clickup_mlops.sandbox import running
from clickup_mlops.store import Store
from tests.features.migration.bench import PLACE, Bench, sample
from tests.features.migration.test_undo import undo
from tests.features.provisioning.killing import Killed, mortal

POSTGRES = os.environ.get(
    "CLICKUP_MLOPS_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test"
)


@pytest.fixture
def store() -> Iterator[Store]:
    """In a schema of its own, dropped afterwards."""
    schema = f"migrate_{secrets.token_hex(6)}"
    admin = create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        with admin.begin() as connection:
            connection.execute(text(f"create schema {schema}"))
    except OperationalError as problem:
        pytest.skip(f"PostgreSQL is not reachable: {problem.orig}")
    address = make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
    with Store.open(address.render_as_string(hide_password=False)) as opened:
        yield opened
    with admin.begin() as connection:
        connection.execute(text(f"drop schema {schema} cascade"))
    admin.dispose()


@pytest.mark.services
def test_a_migration_is_killed_continued_and_undone(store: Store) -> None:
    """As on SQLite; the last run with several workers."""
    with running(rate_limit=0) as sandbox:
        for name, kind in (("Source ID", "short_text"), ("Model", "short_text")):
            sandbox.control.create_field(name, kind, list_name=PLACE[-1])
        sandbox.control.create_field("Related", "tasks", list_name=PLACE[-1])
        bench = Bench(sandbox, store, sample())
        for number in (2, 3, 4):
            with pytest.raises(Killed):
                bench.run(mortal(sandbox, number, writes=True))
        bench.complete(workers=4)
        assert len(bench.state()["tasks"]) == 5
        assert len(bench.world.comments) == 4
        assert bench.complete().done.total() == 0
        assert undo(bench).removed == 5
