"""How soon an event is handled is known when it arrives: without a call, from what is stored."""

from typing import Any

import orjson
import pytest

from clickup_mlops.bot.receive.clickup_deliveries import SIGNATURE, ClickUpDeliveries
from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.bot.receive.ranking import REPEATED_MS, Ranking
from clickup_mlops.clickup import webhook
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Store
from clickup_mlops.store.ranks import RANKS, Estimate, Urgency, compute_rank
from tests.bot.conftest import NOW_MS

TASK = "t1"


def rank(store: Store, kind: str = "taskUpdated", *, date_ms: int = NOW_MS, **item: Any) -> int:
    """Of an event about the task in List 7 with this one change."""
    change = {
        "id": "1",
        "type": 1,
        "field": "status",
        "date": str(date_ms),
        "parent_id": "7",
        **item,
    }
    body = {"event": kind, "webhook_id": "w", "task_id": TASK, "history_items": [change]}
    ranking = Ranking(store.workload_estimates, Policy().workload_names)
    return ranking.of_event(webhook.parse(orjson.dumps(body)), NOW_MS)


def decide(
    store: Store, workload: str, tier: int = 4, task: str = TASK, list_id: str = "7"
) -> None:
    """A decision about a task that is open in this List."""
    store.decisions.put(task, {"workload": workload, "rank": tier}, "k", NOW_MS)
    raw = {"id": task, "list": {"id": "7"}, "status": {"status": "to do", "type": "open"}}
    store.mirror.put_many("9", [raw | {"date_updated": "1"}], NOW_MS)


def test_of_a_new_task_in_a_new_list_nothing_is_known(store: Store) -> None:
    """It is fresh."""
    assert rank(store, "taskCreated") == compute_rank(Urgency.FRESH, Estimate.UNCLEAR)


@pytest.mark.parametrize(
    ("workloads", "estimate"),
    [
        (["inference"] * 3 + ["data"], Estimate.INFERENCE),
        (["training"] * 6, Estimate.OTHER),
        (["training"] * 3, Estimate.UNCLEAR),
        (["training"] * 6 + ["inference"], Estimate.UNCLEAR),
    ],
    ids=["mostly inference", "never", "too few to tell", "sometimes"],
)
def test_a_new_task_is_what_the_tasks_of_its_list_are(
    store: Store, workloads: list[str], estimate: Estimate
) -> None:
    """Those that are open and were decided."""
    for number, workload in enumerate(workloads):
        decide(store, workload, task=f"x{number}")

    assert rank(store, "taskCreated") == compute_rank(Urgency.FRESH, estimate)


def test_the_last_decision_tells_more_than_the_list(store: Store) -> None:
    """And one about an incident that is alive makes its task urgent."""
    decide(store, "training")
    assert rank(store) == compute_rank(Urgency.FRESH, Estimate.OTHER)

    decide(store, "inference")
    assert rank(store) == compute_rank(Urgency.FRESH, Estimate.INFERENCE)

    decide(store, "inference", tier=0)
    assert rank(store) == compute_rank(Urgency.LIVE, Estimate.INFERENCE)


@pytest.mark.parametrize(
    ("item", "estimate"),
    [
        ({"field": "tag", "after": [{"name": "p1"}, {"name": "Inference"}]}, Estimate.INFERENCE),
        ({"field": "tag", "after": [{"name": "training"}]}, Estimate.OTHER),
        ({"field": "name", "after": "Latency of inference doubled"}, Estimate.INFERENCE),
        ({"field": "name", "after": "Tidy up"}, Estimate.OTHER),
        ({"field": "tag", "after": "damaged"}, Estimate.OTHER),
    ],
)
def test_what_the_event_says_tells_most(
    store: Store, item: dict[str, Any], estimate: Estimate
) -> None:
    """Tags and words of the title, by the policy's names."""
    decide(store, "training")

    assert rank(store, **item) == compute_rank(Urgency.FRESH, estimate)


@pytest.mark.parametrize("text", ["/why", "  /priority urgent because of customers", "/Why?"])
def test_a_command_goes_first(store: Store, text: str) -> None:
    """Also one that comes late: a person waits for the answer."""
    comment = {"field": "comment", "comment": {"text_content": text}}

    value = rank(store, "taskCommentPosted", date_ms=NOW_MS - 2 * REPEATED_MS, **comment)

    assert value == compute_rank(Urgency.LIVE)


@pytest.mark.parametrize(
    ("kind", "date_ms", "urgency"),
    [
        ("taskDeleted", NOW_MS, Urgency.LATE),
        ("taskUpdated", NOW_MS - REPEATED_MS - 1, Urgency.LATE),
        ("taskUpdated", NOW_MS - REPEATED_MS, Urgency.FRESH),
        ("taskCommentPosted", NOW_MS, Urgency.FRESH),
    ],
)
def test_deletions_and_repeated_deliveries_can_wait(
    store: Store, kind: str, date_ms: int, urgency: Urgency
) -> None:
    """A List that is deleted, or an outage, brings thousands of them."""
    comment = {"text_content": "see /var/log"}

    assert rank(store, kind, date_ms=date_ms, comment=comment) == compute_rank(urgency)


@pytest.mark.parametrize("date_ms", [NOW_MS, NOW_MS - REPEATED_MS - 1])
def test_what_nobody_listens_for_goes_last(date_ms: int) -> None:
    """Whether it is fresh or not: it must not delay what somebody waits for."""
    deliveries = ClickUpDeliveries(
        lambda _hook: ["secret"],
        lambda _hook: "9",
        lambda _event, _row: False,
        lambda _event, _ms: compute_rank(Urgency.FRESH),
        can_wait=lambda _event: True,
    )
    change = {"id": "1", "field": "status", "date": str(date_ms)}
    body = {"event": "taskUpdated", "webhook_id": "w", "task_id": TASK, "history_items": [change]}
    raw = orjson.dumps(body)
    (arrival,) = deliveries.read(Delivery({SIGNATURE: webhook.sign(raw, "secret")}, raw, NOW_MS))
    assert arrival.can_wait and arrival.row.rank == max(RANKS)
