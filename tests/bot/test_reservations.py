"""A List never gets more Urgent tasks than its cap allows, however many are evaluated at once."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.bot.app import Bot, build
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.handle.evaluator import Sight
from clickup_mlops.bot.reservations import Reservations
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import URGENT
from clickup_mlops.store.queries.task_memory import TaskMemory
from tests.empty import store_at

THREADS = 12
TASKS = 60
ALLOWED = 8
CREATED = CausedEvent.internal(
    webhook.parse(b'{"event":"taskCreated","task_id":"x","webhook_id":"w"}')
)


def _raw(task_id: str, priority: int | None = None) -> dict[str, Any]:
    return {
        "id": task_id,
        "name": f"Serving endpoint {task_id} answers 500 to every request",
        "list": {"id": "55", "name": "Serving"},
        "status": {"status": "to do", "type": "open"},
        "tags": [{"name": "inference"}, {"name": "incident"}],
        "priority": None if priority is None else {"id": str(priority)},
        "date_created": "1700000000000",
        "date_updated": "1700000000000",
    }


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def bot(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bot]:
    """One that makes no call: its Workspace is given, and nothing is started."""
    on_postgres = request.param == "postgres"
    url = request.getfixturevalue("postgres_url") if on_postgres else store_at(tmp_path / "bot.db")
    cap = {"minimum": ALLOWED, "share": 0, "incidents_exempt": False}
    settings = Settings(
        clickup={"token": "pk_1_T", "workspace_id": "90", "base_url": "http://127.0.0.1:1"},
        store={"url": url},
        routing={"urgent_cap": cap},
    )
    with build(settings) as bot:
        yield bot


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads take turns after every few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_the_cap_holds_when_many_threads_judge_a_list(bot: Bot, impatient: None) -> None:
    """Neither one too many nor, since no place is counted twice, one too few."""
    bot.store.mirror.put_many("90", [_raw(str(n)) for n in range(TASKS)], 1)
    evaluator, mirror = bot.handling.evaluator, bot.store.mirror
    tasks: SimpleQueue[str] = SimpleQueue()
    for n in range(TASKS):
        tasks.put(str(n))
    together, most, problems = threading.Barrier(THREADS), [0], list[BaseException]()

    def evaluate(task_id: str) -> None:
        evaluation = evaluator.evaluate(Task.parse(_raw(task_id)), [CREATED], Sight(TaskMemory()))
        decision = evaluation.decision
        if decision is not None and decision["priority"] == URGENT:
            mirror.put_many("90", [_raw(task_id, URGENT)], 2)
        evaluator.release(evaluation)
        _open, urgent = mirror.open_and_urgent("55")
        most.append(len(urgent))

    def work() -> None:
        try:
            together.wait(10)
            while True:
                evaluate(tasks.get_nowait())
        except Empty:
            return
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert problems == []
    assert not any(thread.is_alive() for thread in threads)
    assert max(most) == ALLOWED
    assert bot.context.routing_context.reservations.read("55")[1] == frozenset()


@given(st.lists(st.sampled_from("abc"), max_size=20), st.integers(min_value=0, max_value=3))
def test_who_did_not_know_of_a_reservation_gets_none(lists: list[str], late: int) -> None:
    """Only a version that still holds is accepted, each List for itself."""
    reservations, known_counts = Reservations(), dict.fromkeys("abc", 0)
    for number, name in enumerate(lists):
        reservation = reservations.reserve(name, str(number), known_counts[name] - late)
        assert (reservation is not None) == (late == 0)
        known_counts[name] = reservations.read(name)[0]

    expected = {str(n) for n, name in enumerate(lists) if name == "a"} if late == 0 else set()
    assert reservations.read("a")[1] == expected


def test_two_reservations_of_one_task_are_told_apart() -> None:
    """A lane that was taken over may still be executed by whoever lost it."""
    reservations = Reservations()
    first = reservations.reserve("55", "t", 0)
    second = reservations.reserve("55", "t", 1)
    assert first is not None and second is not None

    reservations.release(first)

    assert reservations.read("55")[1] == {"t"}
    reservations.release(second)
    assert reservations.read("55")[1] == frozenset()
