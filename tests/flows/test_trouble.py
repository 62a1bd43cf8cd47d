"""429, 5xx, slow and cut answers while events are handled: nothing is lost, nothing done twice."""

from typing import Any

import orjson
import pytest
from sqlalchemy import update

from clickup_mlops.bot.lanes.worker import PAUSE_MS
from clickup_mlops.clickup.webhook import sign
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.interfaces.web.hooks import PATH
from clickup_mlops.store import Incoming
from clickup_mlops.store.tables.journal import journal
from tests.flows.conftest import INFERENCE, LIST, Team, build

TROUBLES: dict[str, dict[str, Any]] = {
    "429 on reading": {"kind": "rate_limit", "method": "GET", "wait_s": 1.0},
    "429 on writing": {"kind": "rate_limit", "method": "PUT", "wait_s": 1.0},
    "500 on reading": {"kind": "status", "method": "GET", "times": 3},
    "502 on writing": {"kind": "status", "method": "PUT", "status_code": 502},
    "outage longer than the client's retries": {"kind": "status", "times": 8},
    "slow answers": {"kind": "slow", "wait_s": 0.5, "times": 4},
    "cut before the read": {"kind": "cut_before", "method": "GET"},
    "cut before the write": {"kind": "cut_before", "method": "PUT"},
    "cut after the write": {"kind": "cut_after", "method": "PUT"},
}


@pytest.mark.slow
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_every_task_gets_its_priority_once(team: Team, trouble: dict[str, Any]) -> None:
    """Each priority changes exactly once, and no event is parked."""
    tasks = [team.member.create_task(LIST, f"{INFERENCE} {n}") for n in range(4)]
    team.control.faults.add(**trouble)

    for _ in range(20):
        team.settle()
        team.control.clock.advance(30_000)

    changes = [write for write in team.bot_writes() if write.before != write.after]
    assert sorted(change.task_id for change in changes) == sorted(tasks)
    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("status", [200, 302, 401, 403, 404])
def test_what_something_in_between_answers_parks_and_loses_nothing(
    team: Team, status: int, method: str
) -> None:
    """However often a proxy, a firewall or a maintenance page answered in place of ClickUp."""
    tasks = [team.member.create_task(LIST, f"{INFERENCE} {n}") for n in range(2)]
    team.control.faults.add("status", method=method, status_code=status, shape="page", times=None)
    for _ in range(12):
        team.settle()
        team.control.clock.advance(600_000)
    assert not team.bot_writes()
    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0

    team.control.faults.clear()
    team.settle()

    assert sorted(write.task_id for write in team.bot_writes()) == sorted(tasks)
    assert team.bot.store.journal.unfinished() == []


def test_a_write_that_was_cut_off_is_settled_by_reading(team: Team) -> None:
    """After a crash between the write and its note, the task is read and not written again."""
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    with team.bot.store.engine.begin() as connection:
        connection.execute(update(journal).values(outcome=""))
    team.control.clock.advance(5_000)
    team.control.reset_counts()
    (created,) = [row for row in team.bot.inbox.list("done", 99) if row.kind == "taskCreated"]

    team.bot.inbox.replay(created.id, team.bot.now_ms())
    team.settle()

    assert team.bot.store.journal.unfinished() == []
    assert (team.control.stats.calls("GET"), team.control.stats.calls("PUT")) == (1, 0)


def test_a_revoked_token_pauses_everything_and_loses_nothing(team: Team) -> None:
    """No event is parked or counted as failed; with the token back, all are handled."""
    token = team.sandbox.world.tokens[team.sandbox.token]
    with team.sandbox.world.change():
        team.sandbox.world.tokens.drop(token.id)
    tasks = [team.member.create_task(LIST, f"{INFERENCE} {n}") for n in range(3)]
    team.settle()
    depth = team.bot.inbox.depth(team.bot.now_ms())
    assert (depth.parked, {row.attempts for row in team.bot.inbox.list("ready", 99)}) == (0, {0})
    assert team.bot.warnings()

    with team.sandbox.world.change():
        team.sandbox.world.tokens.put(token)
    team.control.clock.advance(PAUSE_MS)
    team.settle()

    assert all(team.priority(task) for task in tasks)


@pytest.mark.parametrize(("fault", "status"), [("status", 503), ("rate_limit", 429)])
def test_an_outage_of_clickup_is_a_note(team: Team, fault: str, status: int) -> None:
    """Who looks at `/readyz` sees why events wait; with the first answer of use it is over."""
    team.control.faults.add(fault, status_code=status, times=None)
    task = team.member.create_task(LIST, INFERENCE)
    for _ in range(3):
        team.settle()
        team.control.clock.advance(60_000)
    (note,) = create_app(team.bot).test_client().get("/readyz").json["notes"]
    assert f"ClickUp answers {status} since" in note

    team.control.faults.clear()
    team.control.clock.advance(600_000)
    team.settle()
    assert team.priority(task) is not None
    assert team.bot.warnings() == []


ODD: list[Any] = [None, True, -1, 1e308, "x", [], [7], [[]], [None], {}, {"a": [1]}, {"id": {}}]
FIELDS = (
    "tag", "tag_removed", "priority", "status", "assignee_add", "due_date", "custom_field",
    "section_moved", "comment", "content", "name", "checklist_items_added", "attachments",
)  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_an_item_of_an_unexpected_shape_is_handled_at_once(team: Team, field: str) -> None:
    """Signed, but not as ClickUp writes it: nothing is tried again and again, or parked."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    (hook,) = team.sandbox.world.webhooks
    secret, client = team.bot.secrets(hook.id)[0], create_app(team.bot).test_client()
    for number, odd in enumerate(ODD):
        item = {"id": str(number), "field": field, "date": "1", "before": odd, "after": odd}
        item |= {"data": odd, "custom_field": odd, "comment": odd, "source": odd}
        event = {"event": "taskUpdated", "task_id": task, "webhook_id": hook.id}
        body = orjson.dumps(event | {"history_items": [item]})
        answer = client.post(PATH, data=body, headers={"X-Signature": sign(body, secret)})
        assert answer.status_code in (200, 400)
    team.settle()
    depth = team.bot.inbox.depth(team.bot.now_ms())
    assert (depth.parked, [row.error for row in team.bot.inbox.list("ready", 99)]) == (0, [])


def test_an_unreadable_event_is_parked_and_the_rest_goes_on(team: Team) -> None:
    """One bad row does not hold up its task."""
    task = team.member.create_task(LIST, INFERENCE)
    team.control.deliveries.wait_idle()
    row = team.bot.inbox.list("ready", 1)[0]
    team.bot.inbox.put(
        Incoming(
            key="bad",
            source="hook:x",
            workspace=row.workspace,
            kind="taskUpdated",
            lane=task,
            list_id=None,
            body=b"not JSON",
            event_ms=None,
            received_ms=row.received_ms,
        )
    )
    team.settle()

    assert [row.key for row in team.bot.inbox.list("parked", 9)] == ["bad"]
    assert team.priority(task) is not None


def test_the_bot_starts_while_clickup_is_away(team: Team) -> None:
    """What it has to know of ClickUp it has asked before; events are taken in and wait."""
    team.control.faults.add("status", status_code=503, times=None)

    with build(team.bot.settings, clock=team.bot.now_ms) as second_bot:
        assert (second_bot.workspace_id, second_bot.user_id) == (
            team.bot.workspace_id,
            team.bot.user_id,
        )
        (hook,) = team.sandbox.world.webhooks
        assert second_bot.secrets(hook.id) == team.bot.secrets(hook.id) != ()

    assert team.control.stats.total == 0
