"""The lane of the page "Now": filters, search and pages, over all tasks of the lane."""

from clickup_mlops.features.dashboard.pages.now import lane
from clickup_mlops.views.model import Filter, Link, Number, Paging, Table
from tests.features.dashboard.conftest import look
from tests.flows.conftest import INFERENCE, LIST, Team


def task_table(team: Team, **options: str) -> Table:
    return look(team, "now", options=options).table("lane", "tasks")


def names(table: Table) -> list[str]:
    return [cell.text for row in table.rows for cell in row if isinstance(cell, Link)]


def filters(table: Table) -> dict[str, Filter]:
    return {column_filter.name: column_filter for column_filter in table.filters}


def three(team: Team) -> None:
    """One without anybody, one of a member, and one in another List."""
    member, space = team.control.members[1], next(iter(team.control.world.spaces)).id
    team.bot.client.lists.create("Sprint", space_id=space)
    team.member.create_task(LIST, f"{INFERENCE} one", tags=["inference"])
    team.member.create_task(LIST, f"{INFERENCE} two", assignees=[member.id], tags=["inference"])
    team.member.create_task("Sprint", f"{INFERENCE} three", tags=["inference"])
    team.settle()


def test_a_lane_is_narrowed_by_search_list_and_assignee(team: Team) -> None:
    """The number of a task stays its place in the whole lane; what fits nothing says so."""
    member = team.control.members[1]
    three(team)
    complete = task_table(team)
    lists, people = (filters(complete)[name].options for name in ("list", "assignee"))
    assert [name for _value, name in people] == ["All", "(nobody)", member.username]
    chosen = {name: value for value, name in lists}

    assert names(task_table(team, search="ranker TWO")) == [f"{INFERENCE} two"]
    assert names(task_table(team, assignee=str(member.id))) == [f"{INFERENCE} two"]
    assert len(names(task_table(team, assignee=lane.NOBODY))) == 2
    (row,) = task_table(team, list=chosen["Sprint"]).rows
    assert row[0] == Number(3)
    nothing = task_table(team, search="no such task")
    assert (nothing.rows, nothing.empty) == ((), "No open inference task fits.")
    assert filters(nothing)["search"].value == "no such task"


def test_every_page_of_a_long_lane_is_reachable(team: Team) -> None:
    """In the order of the lane; a page beyond the last is the last, and a wrong one the first."""
    bodies = [{"name": f"{INFERENCE} {n}"} for n in range(2 * lane.SHOWN + 3)]
    team.control.add_tasks(LIST, bodies, silent=False)
    team.settle()

    pages = [names(task_table(team, page=str(number))) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [lane.SHOWN, lane.SHOWN, 3]
    assert len({name for page in pages for name in page}) == 2 * lane.SHOWN + 3
    assert task_table(team, page="3").paging == Paging(3, 3, 2 * lane.SHOWN + 1)
    for value, page in (("99", 3), ("0", 1), ("-1", 1), ("x", 1), ("٣", 1), ("9" * 99, 1)):
        paging = task_table(team, page=value).paging
        assert paging is not None and paging.page == page
