"""Times in what people read are on the clocks of the zone in the settings."""

from clickup_mlops.automations.schedule import DAYS
from tests.flows.conftest import INFERENCE, LIST, Team
from tests.flows.test_commands import say
from tests.flows.test_digests import follow, look, posted

DAY_MS = 86_400_000
MADRID = "Europe/Madrid"


def move_to_madrid(team: Team) -> None:
    """Go on with the zone of a team in Madrid, and with notices before a hold ends."""
    settings = team.bot.settings
    jobs = settings.jobs.model_copy(update={"time_zone": MADRID})
    commands = settings.commands.model_copy(update={"hold_notice": "comment"})
    team.restart(settings.model_copy(update={"jobs": jobs, "commands": commands}))


def test_answers_and_notices_are_on_the_clocks_of_the_team(team: Team) -> None:
    """Of commands, also about what was recorded before, and before a hold ends."""
    move_to_madrid(team)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    texts = [*say(team, task, "/priority low for 5d"), *say(team, task, "/why")]
    team.control.clock.advance(4 * DAY_MS + 1)
    team.job("reevaluate")
    notices = [comment.text for comment in team.bot.client.comments.of_task(task)]
    texts += [text for text in notices if "the policy decides again" in text]

    assert len(texts) == 3
    assert all(" CET" in text or " CEST" in text for text in texts), texts
    assert not any("UTC" in text for text in texts), texts


def test_reasons_in_a_digest_are_on_its_clocks(team: Team) -> None:
    """A decision records until when a priority is held."""
    follow(team, zone=MADRID, days=DAYS)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    say(team, task, "/priority low for 5d")
    look(team)

    (message,) = posted(team)
    assert "which wins until 20" in message.content
    assert "UTC" not in message.content
