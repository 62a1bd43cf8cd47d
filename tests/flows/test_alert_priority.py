"""The task of an alert has the priority that the alert said, until a person sets another one."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import LIST, Relay, Team, build, receiving, settings_for
from tests.flows.test_integrations import DAY, SECRET, Reporting, alert, group
from tests.ports import BoundPort

URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Reporting]:
    """Alerts make tasks, and live incidents are handled."""
    control, port = clickup_sandbox.control, BoundPort()
    control.set_statuses(
        LIST,
        [
            {"status": "to do", "type": "open", "color": "#87909e"},
            {"status": "complete", "type": "closed", "color": "#87909e"},
        ],
    )
    by_name = {
        "alert_incident": {"mode": "on", "settings": {"list": LIST}},
        "live_incident": {"mode": "on"},
        "reported_over": {"mode": "on", "settings": {"status": "complete"}},
        "reported_again": {"mode": "on", "settings": {"status": "to do"}},
    }
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={"by_name": by_name},
        integrations={"alertmanager": {"kind": "alertmanager", "token": SECRET}},
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        team = Reporting(clickup_sandbox, bot, clock=control.clock.now_ms)
        running.enter_context(receiving(Relay(team), port))
        team.address = f"http://127.0.0.1:{port}"
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


NAME = "BudgetBurn: checkout page"
REVIEW = "Fine-tune the checkout model on the March data"
"""A task of people; without the alert it is training."""


def say(team: Reporting, state: str, start: int = 0, **labels: str) -> None:
    """Alertmanager reports an alert whose text routing takes for neither inference nor
    infrastructure.
    """
    entry = alert(state, start, **{"alertname": "BudgetBurn", **labels})
    team.post("alertmanager", group({**entry, "annotations": {"summary": "checkout page"}}))


def fire(team: Reporting, start: int = 0) -> str:
    """The alert fires; its task."""
    say(team, "firing", start)
    (task,) = team.named(NAME)
    return str(task["id"])


def adopt(team: Reporting) -> str:
    """A task of people, whose priority routing has decided."""
    task = team.member.create_task(LIST, REVIEW)
    team.settle()
    assert team.priority(task) == LOW
    return task


def list_written_priorities(team: Team, task: str) -> list[int]:
    """The priorities that the bot wrote."""
    return [int(write.after["id"]) for write in team.bot_writes(task)]


def keep_open(team: Team) -> None:
    """Go on with a `reported_over` that leaves the task open: people look at it first."""
    by_name = team.bot.settings.automations.by_name
    choices = {name: choice.model_dump() for name, choice in by_name.items()}
    team.configure(by_name=choices | {"reported_over": {"mode": "on"}})


def decided(team: Team, task: str) -> Mapping[str, Any]:
    """The newest decision about it."""
    latest = team.bot.store.decisions.latest(task)
    assert latest is not None
    return latest.body


def test_routing_does_not_lower_what_an_alert_said(team: Reporting) -> None:
    """At no time, with no call for its priority: the task is made with it. `why` says who holds."""
    task = fire(team)
    team.control.clock.advance(DAY)
    team.member.update(task, description="Half of the payments fail.")
    team.settle()
    team.job("reevaluate")

    assert team.priority(task) == URGENT
    assert team.bot_writes(task) == []
    decision = decided(team, task)
    assert (decision["workload"], decision["decided_by"]) == ("other", "automation")
    assert decision["reasons"][-1].startswith("automation: alert_incident holds Urgent until")
    assert decision["reasons"][-1].endswith("at most")


def test_a_person_changes_it(team: Reporting) -> None:
    """From then on it is the person's; the alert that fires again does not change it back."""
    task = fire(team)
    team.member.set_priority(task, "normal")
    team.settle()
    assert fire(team, 60) == task
    team.job("reevaluate")

    assert team.priority(task) == NORMAL
    assert decided(team, task)["decided_by"] == "person"


def test_a_person_who_clears_it_has_routing_decide(team: Reporting) -> None:
    """A live incident that is no inference work is High."""
    task = fire(team)
    team.member.set_priority(task, None)
    team.settle()

    assert decided(team, task)["decided_by"] == "other.incident"
    assert team.priority(task) == HIGH


def test_many_alerts_at_once_are_no_import(team: Reporting) -> None:
    """Each of them keeps its priority."""
    names = [f"Burn{n}" for n in range(25)]
    team.post(
        "alertmanager",
        group(
            *(
                {**alert("firing", fingerprint=f"{n:02x}", alertname=name), "annotations": {}}
                for n, name in enumerate(names)
            )
        ),
    )
    tasks = [str(task["id"]) for name in names for task in team.named(name)]

    assert [team.priority(task) for task in tasks] == [URGENT] * len(names)
    assert not any(team.bot_writes(task) for task in tasks)


def test_the_hold_ends_with_the_alert(team: Reporting) -> None:
    """What is left to do is routed; one write, and `why` gives the reason."""
    keep_open(team)
    task = fire(team)
    say(team, "resolved")

    assert team.priority(task) == LOW
    assert list_written_priorities(team, task) == [LOW]
    decision = decided(team, task)
    assert decision["decided_by"] == "other.normal"
    ended = "alert_incident: holds the priority no longer, because BudgetBurn: checkout page is"
    assert decision["reasons"][-1] == f"{ended} resolved"


def test_a_persons_priority_stays_after_the_alert(team: Reporting) -> None:
    """Also if the event of the choice comes after the alert is resolved."""
    keep_open(team)
    task = fire(team)
    team.control.faults.add("drop", event="*", times=None)
    team.member.set_priority(task, "high")
    team.control.faults.clear()
    late = team.control.delivery_log("taskPriorityUpdated", task)[-1]
    say(team, "resolved")
    team.control.deliveries.resend(late.id)
    team.settle()
    team.job("reevaluate")

    assert team.priority(task) == HIGH
    assert decided(team, task)["decided_by"] == "person"


@pytest.mark.parametrize("stays_open", [True, False])
def test_an_alert_that_fires_again_is_urgent_again(team: Reporting, *, stays_open: bool) -> None:
    """Whether its task was closed meanwhile or not."""
    if stays_open:
        keep_open(team)
    task = fire(team)
    say(team, "resolved")
    team.control.clock.advance(DAY)
    assert fire(team, 60) == task
    team.member.update(task, description="Half of the payments fail.")
    team.settle()

    assert team.priority(task) == URGENT
    assert decided(team, task)["decided_by"] == "automation"
    say(team, "resolved", 60)
    team.job("reevaluate")
    assert team.priority(task) == (LOW if stays_open else URGENT), "closed tasks are left alone"


def test_routing_alone_is_enough(team: Reporting) -> None:
    """No automation listens for the end of the alert; it costs the write and nothing else."""
    listed = {"alert_incident": {"mode": "on", "settings": {"list": LIST}}}
    team.configure(by_name=listed)
    task = fire(team)
    before = team.control.stats.total
    say(team, "resolved")
    assert team.priority(task) == LOW, "the tag `incident` is the bot's"
    fire(team, 60)

    assert team.priority(task) == URGENT
    assert list_written_priorities(team, task) == [LOW, URGENT]
    assert team.control.stats.total - before <= 3, "the second firing looks at the task, as ever"


def test_a_task_of_people_is_urgent_while_its_alert_fires(team: Reporting) -> None:
    """It is handed over by a label. One write up, one down; nothing flips in between."""
    task = adopt(team)
    say(team, "firing", clickup_task=task)
    assert team.priority(task) == URGENT
    decision = decided(team, task)
    assert decision["decided_by"] == "automation"
    assert decision["reasons"][-1].startswith("automation: live_incident holds Urgent until")
    team.member.update(task, description="Half of the payments fail.")
    team.settle()
    team.job("reevaluate")
    assert list_written_priorities(team, task) == [LOW, URGENT]

    say(team, "resolved", clickup_task=task)
    assert team.priority(task) == LOW
    assert list_written_priorities(team, task) == [LOW, URGENT, LOW]
    say(team, "firing", 60, clickup_task=task)
    assert list_written_priorities(team, task) == [LOW, URGENT, LOW, URGENT]


def test_a_task_of_people_keeps_what_a_person_chose(team: Reporting) -> None:
    """Before the alert, or while it fires."""
    first, second = adopt(team), adopt(team)
    team.member.set_priority(first, "normal")
    team.settle()
    for task, fingerprint in ((first, "aa"), (second, "bb")):
        say(team, "firing", fingerprint=fingerprint, clickup_task=task)
    team.member.set_priority(second, "normal")
    team.settle()
    for start in (60, 120):
        for task, fingerprint in ((first, "aa"), (second, "bb")):
            say(team, "resolved", start - 60, fingerprint=fingerprint, clickup_task=task)
            say(team, "firing", start, fingerprint=fingerprint, clickup_task=task)
    team.job("reevaluate")

    assert (team.priority(first), team.priority(second)) == (NORMAL, NORMAL)
    assert (list_written_priorities(team, first), list_written_priorities(team, second)) == (
        [LOW],
        [LOW, URGENT],
    )


def test_two_alerts_of_one_task_end_with_the_last(team: Reporting) -> None:
    """One incident, Urgent until both are resolved."""
    task = adopt(team)
    for fingerprint in ("aa", "bb"):
        say(team, "firing", fingerprint=fingerprint, clickup_task=task)
    say(team, "resolved", fingerprint="aa", clickup_task=task)
    assert team.priority(task) == URGENT
    incident = team.bot.store.table(Incidents).open_of(task)
    assert incident is not None

    say(team, "resolved", fingerprint="bb", clickup_task=task)
    assert team.priority(task) == LOW
    assert team.bot.store.table(Incidents).open_of(task) is None
    assert list_written_priorities(team, task) == [LOW, URGENT, LOW]


def away(team: Reporting, *states: str, **labels: str) -> None:
    """The bot finds these reports when it is back, and handles them together."""
    team.hold_reports = True
    for state in states:
        say(team, state, **labels)
    team.hold_reports = False
    team.settle()


def test_an_alert_that_came_and_went_while_the_bot_was_away_wakes_nobody(team: Reporting) -> None:
    """Nothing becomes Urgent, and no task is made for it."""
    task = adopt(team)
    away(team, "firing", "resolved", clickup_task=task)
    team.job("reevaluate")

    assert list_written_priorities(team, task) == [LOW]
    assert team.bot.store.table(Incidents).latest_of(task) is None
    assert team.named(NAME) == []


def test_a_closed_task_of_an_alert_that_came_and_went_stays_closed(team: Reporting) -> None:
    """Reopening and closing it again would be calls for nothing."""
    task = fire(team)
    say(team, "resolved")
    before = team.control.stats.total
    team.hold_reports = True
    say(team, "firing", 60)
    say(team, "resolved", 60)
    team.hold_reports = False
    team.settle()

    assert team.control.task(task)["status"]["status"] == "complete"
    assert team.control.stats.total - before <= 1, "the state of the task is asked for"


def test_what_fires_again_while_the_bot_is_away_stays_an_incident(team: Reporting) -> None:
    """The end and the next start come together."""
    task = adopt(team)
    say(team, "firing", clickup_task=task)
    team.hold_reports = True
    say(team, "resolved", clickup_task=task)
    say(team, "firing", 60, clickup_task=task)
    team.hold_reports = False
    team.settle()

    assert team.bot.store.table(Incidents).open_of(task) is not None
    assert list_written_priorities(team, task) == [LOW, URGENT]


def test_a_report_that_comes_after_the_end_of_its_alert_holds_nothing(team: Reporting) -> None:
    """For the alert's own task, which is made all the same, and for one of people."""
    task = adopt(team)
    say(team, "resolved", clickup_task=task)
    say(team, "firing", clickup_task=task)
    say(team, "resolved", fingerprint="own")
    say(team, "firing", fingerprint="own")

    assert list_written_priorities(team, task) == [LOW]
    assert team.bot.store.table(Incidents).open_of(task) is None
    for created in team.named(NAME):
        assert decided(team, created["id"])["decided_by"] != "automation"


def test_the_late_end_of_an_earlier_time_ends_nothing(team: Reporting) -> None:
    """It fired, was resolved and fired again; the end of the first time comes last."""
    keep_open(team)
    task = fire(team)
    fire(team, 60)
    say(team, "resolved", 0)
    comments = team.bot.client.comments.of_task(task)

    assert not any("**Resolved:**" in comment.text for comment in comments)
    assert team.priority(task) == URGENT
    assert decided(team, task)["decided_by"] == "automation"


def test_who_tags_training_as_an_incident_gets_the_policy_s_priority_at_once(
    team: Reporting,
) -> None:
    """Not Urgent in between: each change notifies people."""
    task = team.member.create_task(LIST, REVIEW)
    team.settle()
    before = len(team.bot_writes(task))

    team.member.tag(task, "incident")
    team.settle()

    assert len(team.bot_writes(task)) == before + 1
    assert team.priority(task) == HIGH
