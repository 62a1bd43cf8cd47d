"""Agents of members: with a person's own ClickUp token they read what the person sees."""

from collections.abc import Iterator

import anyio
import pytest
from pydantic import SecretStr

from clickup_mlops.bot.settings import McpSettings
from clickup_mlops.interfaces.mcp_server import people
from clickup_mlops.sandbox.clickup.state.access import GUEST
from clickup_mlops.sandbox.clickup.state.model import Token
from tests.flows.conftest import LIST
from tests.interfaces.mcp_server.conftest import TOKEN, Agent, Opened, World, with_token
from tests.interfaces.mcp_server.test_http import status

BURST = 60
PEOPLE = {"CLICKUP_MLOPS_MCP__PEOPLE": "true"}


def token_of(world: World, person: str) -> str:
    """A personal token of a member."""
    control = world.team.control
    user = control.member(person)
    return control.world.tokens.put(Token(f"pk_{user.id}_OF{person.upper()}", user.id)).id


@pytest.fixture
def private(world: World) -> Iterator[str]:
    """The address of a server; Maria sees the List of the tasks, Jonas does not."""
    control = world.team.control
    control.ui_actions.set_privacy(LIST, True, ["Maria", control.members[0].id])
    with world.http("--allow-writes", **PEOPLE) as address:
        yield address


def agent(opened: Opened, world: World, address: str, person: str) -> Agent:
    return opened(with_token(address, token_of(world, person)))


def test_an_agent_reads_what_its_person_sees(world: World, private: str, opened: Opened) -> None:
    """Search, lanes, explanations, pages and reports; by ids, too."""
    maria, jonas = (agent(opened, world, private, person) for person in ("Maria", "Jonas"))

    assert maria.ask("find_task", words=world.inference)["tasks"]
    assert maria.ask("whats_first")["open_tasks"] > 0
    assert jonas.ask("find_task", words=world.inference)["tasks"] == []
    assert jonas.ask("find_task", words="inference")["tasks"] == []
    assert jonas.ask("whats_first")["open_tasks"] == 0
    assert jonas.ask("list_changes") == {"changes": []}
    assert "Hint" in jonas.refused("why", task=world.inference)
    assert "no task" in jonas.refused("task_metrics", task=world.modelled)
    assert maria.ask("task_metrics", task=world.modelled)["task_id"] == world.modelled
    for page in ("now", "flow", "automations"):
        untrusted_text = jonas.ask("show_page", page=page)["markdown"]["untrusted_text"]
        assert world.inference not in untrusted_text and "inference endpoint" not in untrusted_text


def test_what_needs_the_whole_workspace_or_writes_needs_the_token(
    world: World, private: str, opened: Opened
) -> None:
    """Also for who sees the task."""
    maria = agent(opened, world, private, "Maria")
    change = opened(with_token(private)).ask("list_changes")["changes"][0]["change"]

    assert "write" in maria.refused("undo_change", target=f"change:{change}")
    assert "whole Workspace" in maria.refused("measure_impact", since="2026-01-01")


def test_guests_strangers_and_revoked_tokens_are_refused(world: World, private: str) -> None:
    """And everybody, unless the settings let people in."""
    jonas, control = token_of(world, "Jonas"), world.team.control
    control.member("Jonas").role = GUEST
    for token in (jonas, "pk_1_NOBODYS", "short", TOKEN + "x"):
        assert status(private, Authorization=f"Bearer {token}") == 401
    with world.http() as address:
        assert status(address, Authorization=f"Bearer {token_of(world, 'Maria')}") == 401


def test_tokens_that_nobody_has_cost_few_calls_and_keep_nobody_out(
    world: World, private: str, opened: Opened
) -> None:
    """One that was refused is not asked about again, and of many only some are at all."""
    maria = agent(opened, world, private, "Maria")
    assert maria.ask("find_task", words=world.inference)["tasks"]
    world.team.control.reset_counts()

    for _ in range(BURST):
        assert status(private, Authorization="Bearer pk_1_SAME") == 401
    assert calls(world) == 1
    for number in range(BURST):
        assert status(private, Authorization=f"Bearer pk_1_OTHER{number}") == 401
    assert calls(world) <= 20
    assert maria.ask("find_task", words=world.inference)["tasks"]


def test_a_member_is_read_again_whatever_strangers_send(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a member sees is kept for minutes; then ClickUp is asked, as ever."""
    monkeypatch.setattr(people, "_LASTS_MS", 0)
    mcp = McpSettings(token=SecretStr(TOKEN), people=True)
    settings = world.team.bot.settings
    verifier = people.Verifier(settings.model_copy(update={"mcp": mcp}))
    maria = token_of(world, "Maria")
    assert anyio.run(verifier.verify_token, maria)

    for number in range(BURST):
        assert not anyio.run(verifier.verify_token, f"pk_1_OTHER{number}")
    assert anyio.run(verifier.verify_token, maria)


def calls(world: World) -> int:
    """Of ClickUp, about who somebody is."""
    return world.team.control.stats.calls(route="/user")
