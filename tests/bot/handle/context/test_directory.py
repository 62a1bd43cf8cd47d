"""People and Lists by name: found, remembered, and asked for again only when it helps."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.automations.model import Unanswered
from clickup_mlops.bot.handle.context.directory import Directory
from clickup_mlops.bot.handle.context.on_call import PeopleSettings, on_call
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup.state.access import GUEST
from clickup_mlops.store import Store

HOUR_MS = 3_600_000


class Desk:
    """A directory on a sandbox; `now_ms` can be moved."""

    def __init__(self, sandbox: Sandbox, client: ClickUp, store: Store) -> None:
        self.sandbox, self.client, self.store, self.now_ms = sandbox, client, store, 10 * HOUR_MS
        self.directory = self.another()

    def another(self) -> Directory:
        """One that another process would have."""
        return Directory(
            self.client,
            self.store.cursors,
            PeopleSettings(
                on_call=("Jonas",), rotations={"serving": {"people": ("Maria", "Jonas")}}
            ),
            workspace=self.sandbox.team_id,
            clock=lambda: self.now_ms,
        )

    def names(self, name: str) -> list[str]:
        """Who is meant."""
        return [person.username for person in self.directory.people(name)]


@pytest.fixture
def desk(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Desk]:
    with (
        ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url) as client,
        Store.open(f"sqlite:///{tmp_path / 'bot.db'}") as store,
    ):
        yield Desk(clickup_sandbox, client, store)


def test_people_go_by_many_names(desk: Desk) -> None:
    """Name, first name, e-mail, id, their group, and their part."""
    jonas = desk.sandbox.control.member("Jonas").id
    maria = desk.sandbox.control.member("Maria").id
    desk.client.groups.create(desk.sandbox.team_id, "Serving", [jonas, maria])

    for name in ("Jonas Weber", "jonas", "JONAS@example.com", str(jonas), "on_call"):
        assert desk.names(name) == ["Jonas Weber"]
    assert sorted(desk.names("serving")) == ["Jonas Weber", "Maria Keller"]


def test_guests_are_told_from_members(desk: Desk) -> None:
    """Of somebody who is neither nothing is known."""
    world = desk.sandbox.control.world
    jonas, maria = (desk.sandbox.control.member(name).id for name in ("Jonas", "Maria"))
    with world.change():
        world.users[str(jonas)].role = GUEST
        world.users.put(world.users[str(jonas)])

    assert [desk.directory.is_guest(person) for person in (jonas, maria)] == [True, False]
    with pytest.raises(Unanswered, match="no people are called"):
        desk.directory.is_guest(-1)


def test_a_name_costs_calls_once_an_hour_for_all_processes(desk: Desk) -> None:
    """Two for people; a name that is not there does not ask again and again."""
    for name in ("Maria", "jonas"):
        desk.directory.people(name)
        desk.another().people(name)
    with pytest.raises(Unanswered, match='no people are called "marai"; did you mean "Maria"'):
        desk.directory.people("marai")
    assert desk.client.calls == 2

    desk.now_ms += HOUR_MS + 1
    desk.directory.people("Maria")
    assert desk.client.calls == 4


def test_lists_go_by_name_path_and_id(desk: Desk) -> None:
    """With as much of the path as tells them apart."""
    control = desk.sandbox.control
    inbox = control.list_id("Inbox")
    for name in ("Inbox", "team/inbox", "Team/Inbox", inbox):
        assert desk.directory.list_id(name) == inbox
    assert desk.directory.list_id("Team/Work/Tasks") == control.list_id("Tasks")
    assert desk.client.calls == 3


def test_a_new_list_is_found_and_two_of_a_name_are_told(desk: Desk) -> None:
    """After five minutes an unknown name is worth another question."""
    desk.directory.list_id("Inbox")
    space = desk.sandbox.control.space_id("Team")
    new = desk.client.lists.create("Shelf", space_id=space).id
    desk.client.lists.create("Tasks", space_id=space)
    with pytest.raises(Unanswered, match="no lists are called"):
        desk.directory.list_id("Shelf")
    desk.now_ms += 300_001

    assert desk.directory.list_id("Shelf") == new
    with pytest.raises(Unanswered, match='"team/work/tasks", "team/tasks"'):
        desk.directory.list_id("Tasks")


def test_nobody_on_call_says_what_to_set(desk: Desk) -> None:
    """With the key."""
    lonely = Directory(
        desk.client,
        desk.store.cursors,
        PeopleSettings(),
        workspace=desk.sandbox.team_id,
        clock=lambda: desk.now_ms,
    )
    with pytest.raises(Unanswered, match=r"people\.on_call"):
        lonely.people("on_call")


WEEK_MS = 7 * 24 * HOUR_MS
BEGIN_MS = 1_767_603_600_000  # 2026-01-05 09:00 UTC


@given(at_ms=st.integers(0, 4_000_000_000_000), people=st.integers(1, 5))
def test_everybody_is_on_call_in_turn_for_a_week(at_ms: int, people: int) -> None:
    """Before the rota began too."""
    settings = PeopleSettings(on_call=tuple(map(str, range(people))))
    now, next_week = on_call(settings, at_ms), on_call(settings, at_ms + WEEK_MS)
    begun_ms = at_ms - (at_ms - BEGIN_MS) % WEEK_MS

    assert int(next_week or 0) == (int(now or 0) + 1) % people
    assert on_call(settings, begun_ms) == on_call(settings, begun_ms + WEEK_MS - 1) == now


def test_each_rotation_has_its_own_turns(desk: Desk) -> None:
    """By name; a wrong name gets the nearest."""
    first = [desk.names("on_call:serving"), desk.names("on-call:serving")]
    desk.now_ms += WEEK_MS

    assert first[0] == first[1] != desk.names("on_call:serving")
    assert desk.names("rotation:serving") == ["Maria Keller", "Jonas Weber"]
    with pytest.raises(Unanswered, match='did you mean "serving"'):
        desk.names("on_call:servin")


def test_a_space_or_folder_stands_for_its_lists(desk: Desk) -> None:
    """For counting over all of its tasks."""
    control = desk.sandbox.control
    task_list = control.list_id("Tasks")
    (space,) = desk.client.spaces.all(desk.sandbox.team_id)

    assert desk.directory.list_ids("tasks") == (task_list,)
    assert task_list in desk.directory.list_ids(space.name)


def test_turns_change_at_the_same_time_of_day_all_year() -> None:
    """On Mondays at nine in Madrid: not an hour later from March to October."""
    settings = PeopleSettings.model_validate(
        {"on_call": ["Jonas", "Maria"], "since": "2026-01-05T09:00:00", "zone": "Europe/Madrid"}
    )
    for month, day in ((1, 12), (4, 6), (10, 19), (10, 26)):
        nine = datetime(2026, month, day, 9, tzinfo=ZoneInfo("Europe/Madrid"))
        nine_ms = int(nine.timestamp() * 1000)
        assert on_call(settings, nine_ms - 1) != on_call(settings, nine_ms)
        assert on_call(settings, nine_ms) == on_call(settings, nine_ms + 3_600_000)
