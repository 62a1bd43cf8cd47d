"""The budget ledger: one text per token, replaced atomically, by every thread and process."""

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy

from clickup_mlops.clickup.governor import Governor, PriorityClass
from clickup_mlops.store import BudgetLedger, Store

POSTGRES = os.environ.get(
    "CLICKUP_MLOPS_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test"
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database: a file, or a schema of its own in PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bot.db"
        return
    name = f"budget_{os.getpid()}_{abs(hash(tmp_path))}"
    engine = sqlalchemy.create_engine(POSTGRES)
    try:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text(f"create schema {name}"))
    except sqlalchemy.exc.OperationalError as problem:
        pytest.skip(f"PostgreSQL is not reachable: {problem.orig}")
    yield f"{POSTGRES}?options=-csearch_path%3D{name}"
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(f"drop schema {name} cascade"))
    engine.dispose()


def one_more(text: str) -> tuple[str, int]:
    """A change that loses counts unless it is atomic."""
    count = int(text or 0) + 1
    return str(count), count


def count_up(url: str, times: int) -> None:
    with Store(url) as store:
        ledger = BudgetLedger(store.database)
        for _ in range(times):
            ledger.update("token", one_more)


def test_no_change_is_lost_between_threads_and_processes(url: str) -> None:
    """3 processes and 4 threads add 1 fifty times each: 350 in the end."""
    with Store.open(url) as store:
        spawn = multiprocessing.get_context("spawn")
        processes = [spawn.Process(target=count_up, args=(url, 50)) for _ in range(3)]
        for process in processes:
            process.start()
        ledger = BudgetLedger(store.database)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: ledger.update("token", one_more), range(200)))
        for process in processes:
            process.join(60)
        assert ledger.update("token", lambda text: (text, int(text))) == 350


def test_a_failed_change_leaves_the_text_as_it_was(url: str) -> None:
    """The transaction is rolled back and the ledger stays usable."""
    with Store.open(url) as store:
        ledger = BudgetLedger(store.database)
        ledger.update("token", one_more)

        def fail(_text: str) -> tuple[str, int]:
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            ledger.update("token", fail)
        assert ledger.update("token", one_more) == 2
        assert ledger.update("other", one_more) == 1


def test_a_governor_finds_its_budget_again_after_a_restart(url: str) -> None:
    """What was used stays used."""
    with Store.open(url) as store:
        governor = Governor(BudgetLedger(store.database), "pk_1")
        governor.acquire(PriorityClass.BULK)
        headers = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "40"}
        governor.learn({**headers, "X-RateLimit-Reset": "4000000000"}, 200)
    with Store(url) as store:
        budget = Governor(BudgetLedger(store.database), "pk_1").budget()
        assert (budget.limit, budget.used) == (100, 60)
