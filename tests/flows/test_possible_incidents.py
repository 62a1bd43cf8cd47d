"""A task that may report an incident: one question, to whoever can answer, and never again."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from werkzeug.test import Client

from clickup_mlops.features.corrections.recognition import lessons
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup.state.access import GUEST
from tests.flows.conftest import LIST, Team, build, receiving, settings_for
from tests.flows.test_executor import Crash, dying, go_on
from tests.flows.test_incidents import comments
from tests.flows.test_missed_commands import lose
from tests.flows.test_notifications import hire
from tests.ports import BoundPort
from tests.soak import crash_steps

MINUTE, HOUR = 60_000, 3_600_000
QUESTIONABLE = "Latency of the recommendations API is high today"
QUESTION = "Are users affected now?"

pytestmark = pytest.mark.clickup_sandbox(plan="Enterprise")


@pytest.fixture
def team(
    clickup_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Team]:
    """Jonas is on call; a question and what follows from its answer are switched on."""
    port, param = BoundPort(), getattr(request, "param", {})
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={
            "by_name": {
                "possible_incident": {"mode": "on", "settings": param.get("settings", {})},
                "live_incident": {"mode": "on"},
            }
        },
        people={"on_call": ["Jonas"], "rotations": {"triage": {"people": ["olga"]}}},
        routing=param.get("routing", {}),
        integrations={"deploys": {"token": "t", "key": "id"}},
    )
    clock = clickup_sandbox.control.clock.now_ms
    with build(settings, clock=clock) as bot:
        team = Team(clickup_sandbox, bot, clock=clock)
        with receiving(team.receiver, port):
            hire(clickup_sandbox, "olga")
            bot.sources.hooks.register()
            bot.sources.backfill.run()
            yield team
        with team.bot:
            pass


def wait(team: Team, ms: int) -> None:
    """So much time passes."""
    team.settle()
    team.control.clock.advance(ms)
    team.settle()


def questions(team: Team, task: str) -> list[str]:
    """The bot's questions on the task."""
    return [text for text in comments(team, task) if QUESTION in text]


def mentioned(team: Team, task: str) -> list[str]:
    """Whom the bot's question notifies."""
    people = {user.id: user.username for user in team.control.members}
    return [
        people[block["user"]["id"]]
        for comment in team.control.world.comments
        if comment.on_id == task and QUESTION in comment.text
        for block in comment.blocks
        if "user" in block
    ]


def test_the_author_is_asked_once_and_the_answer_settles_it(team: Team) -> None:
    """One line; not again by events, a restart or a back-fill; the answer opens the incident, and
    `routing learn` has it.
    """
    task = team.member.create_task(LIST, QUESTIONABLE)
    team.settle()
    assert questions(team, task) == []

    wait(team, 2 * MINUTE)
    (text,) = questions(team, task)
    assert len(text.strip().splitlines()) == 2, "the question, and the line of the bot"
    assert mentioned(team, task) == [team.member.user.username]

    team.member.update(task, description="It is 900 ms instead of 300.")
    wait(team, HOUR)
    team.restart()
    team.bot.sources.backfill.run()
    wait(team, HOUR)
    assert len(questions(team, task)) == 1

    team.member.comment(task, "/incident yes")
    wait(team, HOUR)
    assert [tag["name"] for tag in team.control.task(task)["tags"]] == ["incident"]
    assert [lesson["incident"] for lesson in lessons(team.bot.store)] == [True]
    assert len(questions(team, task)) == 1


def test_who_has_answered_is_not_asked(team: Team) -> None:
    """Within the minute in which the author completes the task."""
    answered, completed = (team.member.create_task(LIST, QUESTIONABLE) for _ in range(2))
    team.member.comment(answered, "/incident no")
    team.member.update(completed, name="Plan the vLLM upgrade for Q3")
    wait(team, HOUR)
    assert questions(team, answered) == questions(team, completed) == []


def test_no_word_of_an_answer_asks_again(team: Team) -> None:
    """The tag that refused it is removed: nobody is asked a second time."""
    task = team.member.create_task(LIST, QUESTIONABLE)
    wait(team, 2 * MINUTE)
    team.member.comment(task, "/incident no")
    team.settle()
    team.member.untag(task, "not-incident")
    wait(team, HOUR)
    team.bot.sources.backfill.run()
    wait(team, HOUR)
    assert len(questions(team, task)) == 1


def make_guest(team: Team) -> None:
    """The team's member is a guest from now on."""
    world = team.control.world
    with world.change():
        user = world.users[str(team.member.user.id)]
        user.role = GUEST
        world.users.put(user)


@pytest.mark.parametrize(
    ("team", "mention"),
    [
        ({}, "Jonas Weber"),
        ({"settings": {"ask": ["author", "on_call:triage"]}}, "olga"),
        ({"settings": {"ask": ["author", "nobody", "olga"]}}, "olga"),
    ],
    indirect=["team"],
)
def test_whoever_can_answer_is_asked_in_place_of_a_guest(team: Team, mention: str) -> None:
    """Guests may not command the bot."""
    task = team.member.create_task(LIST, QUESTIONABLE)
    make_guest(team)
    wait(team, 2 * MINUTE)
    assert mentioned(team, task) == [mention]


@pytest.mark.parametrize("team", [{"routing": {"importers": ["Maria Keller"]}}], indirect=True)
def test_whoever_is_on_call_is_asked_in_place_of_an_integration(team: Team) -> None:
    """`routing.importers` are no people."""
    maria = team.control.as_user(team.control.member("Maria").id)
    task = maria.create_task(LIST, QUESTIONABLE)
    wait(team, 2 * MINUTE)
    assert mentioned(team, task) == ["Jonas Weber"]


def test_whoever_is_on_call_is_asked_in_place_of_the_bot(team: Team) -> None:
    """It created the task for a tool; and nobody is notified of a comment of their own."""
    bot = team.control.as_user(team.bot.core.user_id)
    task = bot.create_task(LIST, QUESTIONABLE)
    wait(team, 2 * MINUTE)
    assert mentioned(team, task) == ["Jonas Weber"]


@pytest.mark.parametrize(("away", "count"), [(HOUR, 1), (5 * HOUR, 0)])
def test_a_task_of_the_time_without_the_bot_is_asked_about_while_it_helps(
    team: Team, away: int, count: int
) -> None:
    """A back-fill brings it; after hours the answer would come too late."""
    (task,) = lose(team, lambda: team.member.create_task(LIST, QUESTIONABLE))
    team.control.clock.advance(away)
    team.bot.sources.backfill.run()
    wait(team, 2 * MINUTE)
    team.bot.sources.backfill.run()
    wait(team, HOUR)
    assert len(questions(team, task)) == count


@pytest.mark.parametrize(("app", "is_live"), [("recommendations-api", True), ("ranker", False)])
def test_a_deployment_of_what_it_names_makes_a_report_a_live_incident(
    team: Team, app: str, is_live: bool
) -> None:
    """Nobody is asked then; a deployment of something else leaves the question open."""
    deployment = {"type": "deployment.succeeded", "id": 1, "title": f"{app} 3.2", "app": app}
    Client(create_app(team.bot)).post(
        "/hooks/in/deploys", json=deployment, headers={"Authorization": "Bearer t"}
    )
    wait(team, 40 * MINUTE)
    task = team.member.create_task(LIST, QUESTIONABLE)
    wait(team, 2 * MINUTE)

    tags = [tag["name"] for tag in team.control.task(task)["tags"]]
    assert tags == (["incident"] if is_live else [])
    assert len(questions(team, task)) == (0 if is_live else 1)
    decisions = team.bot.store.decisions.history(task, 10)
    assert ("was deployed 40 minutes before" in str([row.body for row in decisions])) == is_live


@pytest.mark.parametrize("last", crash_steps(6, every=2))
def test_it_is_asked_once_wherever_the_bot_dies(team: Team, last: int) -> None:
    """At each step of the write: noted, called, closed, before and after."""
    task = team.member.create_task(LIST, QUESTIONABLE)
    team.settle()
    fate = dying(team, last)
    with suppress(Crash):
        wait(team, 2 * MINUTE)
    assert fate.steps == last

    team.control.clock.advance(MINUTE)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)
        again.sources.backfill.run()
        go_on(team, again)
        texts = [comment.text for comment in again.client.comments.of_task(task)]
        assert sum(QUESTION in text for text in texts) == 1
