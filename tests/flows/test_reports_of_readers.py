"""A report is built of what the readers of its target may see."""

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.reports.delivery.building import StoreMaker
from clickup_mlops.features.reports.render.markdown import render
from tests.flows.conftest import INFERENCE, LIST, Team

DAY_MS = 86_400_000


def report(team: Team, *lists: str) -> str:
    """This day's, as Markdown."""
    maker = StoreMaker(team.bot.core, team.bot.context.directory.list_ids)
    day = maker.last("daily", team.bot.now_ms() + DAY_MS, "UTC")
    from clickup_mlops.ports.sections.subject import Subject

    return render(maker.build(Subject(day), (), lists))


def test_it_has_nothing_of_other_lists(team: Team) -> None:
    """Neither a name nor a number of them."""
    with team.bot.client as client:
        (space, *_) = client.spaces.all(team.bot.workspace_id)
        client.lists.create("Board matters", space_id=space.id)
    team.member.create_task(LIST, INFERENCE)
    team.settle()

    assert INFERENCE in report(team) and INFERENCE in report(team, LIST)
    assert INFERENCE not in report(team, "Board matters")


def test_a_list_that_is_not_there_is_named(team: Team) -> None:
    """Never everything instead."""
    with pytest.raises(InputError, match="lists: "):
        report(team, "No such List")
