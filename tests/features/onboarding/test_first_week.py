"""The first week on the sandbox: what people do completes their tasks."""

from typing import Any

import pytest

from clickup_mlops.features.onboarding.package import JOB
from clickup_mlops.features.onboarding.settings import OnboardingSettings
from clickup_mlops.features.onboarding.tables.lessons import Lessons
from tests.flows.conftest import INFERENCE, LIST, Team


def follow(team: Team, **more: Any) -> None:
    """Go on with the first week."""
    settings = OnboardingSettings(enabled=True, doc="Handbook", fewest=2, **more)
    team.restart(team.bot.settings.with_tables(settings))


def lesson(team: Team, name: str, *people: str) -> str:
    """A task of the first week, assigned to these."""
    ids = [team.control.member(person).id for person in people]
    task = team.member.create_task("Inbox", name, assignees=ids)
    for tag in ("first-week", name):
        team.member.tag(task, tag)
    team.settle()
    return task


def is_done(team: Team, task: str) -> bool:
    return team.control.task(task)["status"]["type"] in ("done", "closed")


@pytest.fixture
def work(team: Team) -> str:
    """A task of the team's own, and the bot that observes."""
    follow(team)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    return task


@pytest.mark.parametrize(
    ("tag", "comment"),
    [
        ("learn-why", "/why"),
        ("learn-incident", "/incident no because it is a game day"),
        ("learn-undo", "/undo"),
    ],
)
def test_a_command_completes_its_task(team: Team, work: str, tag: str, comment: str) -> None:
    """Only for who wrote it."""
    local, second = lesson(team, tag, "Maria"), lesson(team, tag, "Jonas Weber")
    team.control.as_user("Maria").comment(work, comment)
    team.settle()
    team.job(JOB)

    assert (is_done(team, local), is_done(team, second)) == (True, False)


def test_an_own_priority_completes_its_task(team: Team, work: str) -> None:
    """A priority that the bot sets does not."""
    task = lesson(team, "learn-priority", "Maria")
    team.job(JOB)
    assert not is_done(team, task)
    team.control.as_user("Maria").set_priority(work, "low")
    team.settle()
    team.job(JOB)
    assert is_done(team, task)


def test_taking_over_a_breach_completes_its_task(team: Team) -> None:
    """To assign somebody else is not to take over."""
    team.control.create_field("P99 latency ms", "number")
    team.control.create_field("SLO latency ms", "number")
    follow(team)
    breached = team.member.create_task(LIST, INFERENCE)
    team.member.set_field(breached, "P99 latency ms", 900)
    team.member.set_field(breached, "SLO latency ms", 500)
    team.settle()
    task = lesson(team, "learn-breach", "Maria")
    maria, jonas = (team.control.member(name).id for name in ("Maria", "Jonas Weber"))
    person = team.control.as_user("Maria")
    person.update(breached, assignees={"add": [jonas]})
    team.settle()
    team.job(JOB)
    assert not is_done(team, task)

    person.update(breached, assignees={"add": [maria]})
    team.settle()
    team.job(JOB)
    assert is_done(team, task)


def test_the_page_names_only_who_agreed_and_forgets_who_does_not_any_more(
    team: Team, work: str
) -> None:
    """By closing a task, and opening it again."""
    lesson(team, "learn-why", "Maria", "Jonas Weber")
    consent = lesson(team, "learn-consent", "Maria", "Jonas Weber")
    team.job(JOB)
    assert "Maria" not in page(team)

    maria = team.control.as_user("Maria")
    maria.comment(work, "/why")
    maria.set_status(consent, "complete")
    team.settle()
    team.job(JOB)
    assert "Maria" in page(team) and "Jonas" not in page(team)

    maria.set_status(consent, "to do")
    team.settle()
    team.job(JOB)
    assert "Maria" not in page(team)


def page(team: Team) -> str:
    return "\n".join(entry.content for entry in team.sandbox.world.pages)


def test_a_second_pass_writes_nothing(team: Team, work: str) -> None:
    """Neither tasks nor the page."""
    lesson(team, "learn-why", "Maria")
    team.control.as_user("Maria").comment(work, "/why")
    team.settle()
    team.job(JOB)
    team.control.reset_counts()
    team.job(JOB)
    assert team.control.writes() == []


def test_nothing_is_observed_unless_it_is_enabled(team: Team) -> None:
    """Nobody is watched by default."""
    task = team.member.create_task(LIST, INFERENCE)
    team.control.as_user("Maria").comment(task, "/why")
    team.settle()
    assert team.bot.store.table(Lessons).of_workspace(team.bot.workspace_id) == {}


def test_a_task_that_a_person_opens_again_stays_open(team: Team, work: str) -> None:
    """What people set stays."""
    task = lesson(team, "learn-why", "Maria")
    maria = team.control.as_user("Maria")
    maria.comment(work, "/why")
    team.settle()
    team.job(JOB)
    assert is_done(team, task)

    maria.set_status(task, "to do")
    team.settle()
    team.job(JOB)
    assert not is_done(team, task)
