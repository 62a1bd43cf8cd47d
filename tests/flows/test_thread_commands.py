"""Commands where the room of an incident is a thread of a channel that many share."""

import pytest

from clickup_mlops.features.incidents.package import IncidentsPackage
from clickup_mlops.features.incidents.tables.incidents import Incidents
from tests.flows.conftest import LIST, Team
from tests.flows.test_incidents import team
from tests.flows.test_room_commands import client

__all__ = ["team"]


@pytest.mark.parametrize("team", [{"room": "incidents", "thread": True}], indirect=True)
def test_a_command_in_the_thread_is_about_its_incident(team: Team) -> None:
    """What stands in the channel itself is about none of them."""
    tasks = [team.member.create_task(LIST, f"Service {n} is slow") for n in range(2)]
    for task in tasks:
        team.member.tag(task, "incident")
        team.settle()
    incidents = [team.bot.store.table(Incidents).open_of(task) for task in tasks]
    first, second = (incident for incident in incidents if incident is not None)
    head = team.bot.store.journal.latest_done(first.task_id, f"chat:room/{first.id}")
    assert head is not None
    chat, workspace = client(team).chat, team.sandbox.team_id  # type: ignore[arg-type]
    chat.reply(workspace, head.receipt, "/lead")
    chat.send(workspace, chat.create_channel(workspace, "incidents").id, "/lead Maria Keller")
    team.control.clock.advance(20_000)
    team.bot.get(IncidentsPackage).room_commands.tick()
    team.settle()

    leads = [i.lead for i in map(team.bot.store.table(Incidents).get, (first.id, second.id)) if i]
    assert leads == [team.member.user.username, "Jonas Weber"]
    texts = [reply.content for reply in chat.replies(workspace, head.receipt)]
    assert f"{team.member.user.username} leads" in texts[0].replace("*", "")
