"""`/metrics` over a whole run: what happened is what is counted."""

from tests.flows.conftest import INFERENCE, LIST, Team
from tests.measured import measured


def test_an_event_leaves_its_numbers(team: Team) -> None:
    """Decision, action, call, latency and webhook health, each with its labels."""
    before = {key: measured(key[0], **dict(key[1:])) for key in _EXPECTED}
    team.job("heal")

    team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.bot.measure()

    rose = {key: measured(key[0], **dict(key[1:])) - before[key] for key in _EXPECTED}
    assert rose == _EXPECTED
    token = team.bot.governor.key[:8]
    assert 0 < measured("budget_left", token=token) < measured("budget_limit", token=token)
    assert measured("job_success_timestamp_seconds", cron="heal") > 1_600_000_000
    assert measured("inbox_oldest_seconds") == 0
    assert measured("inbox_rows", state="ready") == 0
    assert measured("store_up") == 1


def test_a_text_that_says_nothing_is_counted(team: Team) -> None:
    """The task gets the default workload."""
    before = measured("abstentions_total")
    team.member.create_task(LIST, "zzz")
    team.settle()
    assert measured("abstentions_total") == before + 1


def test_every_webhook_shows_its_health(team: Team) -> None:
    """One that ClickUp suspended shows 0 until the check that finds it repaired."""
    team.job("heal")
    (hook,) = team.control.world.webhooks
    team.job("heal")
    team.bot.measure()
    assert measured("hook_healthy", webhook=hook.id) == 1

    with team.sandbox.world.change():
        hook.status = "suspended"
    team.job("heal")
    team.bot.measure()
    assert measured("hook_healthy", webhook=hook.id) == 0

    team.job("heal")
    team.bot.measure()
    assert measured("hook_healthy", webhook=hook.id) == 1


def test_a_priority_set_by_a_person_is_counted(team: Team) -> None:
    """As an event of its own, and as one that holds."""
    before = measured("overrides_total")
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    team.member.set_priority(task, 4)
    team.settle()
    team.bot.measure()

    assert measured("overrides_total") == before + 1
    assert measured("overrides_held") == 1


_EXPECTED = {
    (
        "decisions_total",
        ("workload", "inference"),
        ("priority", "3"),
        ("decided_by", "inference.normal"),
    ): 1,
    ("actions_total", ("automation", "inference_first"), ("state", "done")): 1,
    ("calls_total", ("endpoint", "PUT /api/v2/task/{task_id}"), ("status", "200")): 1,
    ("event_to_write_seconds_count",): 1,
    ("rate_limited_total",): 0,
    ("abstentions_total",): 0,
}
