"""Monday.com as a source, on the sandbox over real HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.errors import ConfigError, InputError, NotFound, Unauthorized
from clickup_mlops.features.migration.records import Board, Item, Update, dumps, loads
from clickup_mlops.features.migration.source import Expects, Selection
from clickup_mlops.features.migration.sources.monday import SOURCE, MondaySource
from clickup_mlops.monday.api_errors import DailyLimit
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.monday.transport import Transport
from clickup_mlops.monday.values import DECODERS
from clickup_mlops.sandbox.monday import MondaySandbox

Open = Callable[..., MondaySource]


@pytest.fixture
def open_source(monday_sandbox: MondaySandbox) -> Iterator[Open]:
    """Opens a source whose clock is the sandbox's; waiting moves it on."""
    opened: list[MondaySource] = []
    clock = monday_sandbox.control.clock

    def open_(**selection: Any) -> MondaySource:
        transport = Transport(
            monday_sandbox.token,
            base_url=monday_sandbox.url,
            api_version="2026-10",
            timeout_s=20,
            sleep=lambda seconds: clock.advance(round(1000 * seconds)),
            now_ms=clock.now_ms,
        )
        opened.append(MondaySource(transport, Selection(**selection)))
        return opened[-1]

    yield open_
    for source in opened:
        source.close()


def only_board(source: MondaySource) -> Board:
    (board,) = source.boards()
    return board


def by_name(items: Any) -> dict[str, Item]:
    return {item.name: item for item in items}


def test_people_are_everybody_and_then_teams(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """Those who left are not active; guests and agents are told apart."""
    control = monday_sandbox.control
    control.add_user("Gus Guest", "gus@example.com", kind="guest")
    control.add_user("Amy Agent", "amy@example.com", kind="agent")
    control.add_user("Lea Left", "lea@example.com")
    control.delete_user("Lea")
    team = control.add_team("Serving", ["Gus", "Amy"])

    people = {person.name: person for person in open_source().people()}

    assert people["Gus Guest"].kind == "guest" and people["Amy Agent"].kind == "agent"
    assert not people["Lea Left"].active and people["Gus Guest"].active
    assert [*people][-1] == "Serving" and people["Serving"].id == str(team.id)
    assert people["Serving"].members == (people["Gus Guest"].id, people["Amy Agent"].id)


def test_a_board_has_its_place_columns_groups_and_what_people_must_rebuild(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """Hidden boards and documents are no boards."""
    control = monday_sandbox.control
    space = control.add_workspace("ML")
    outer = control.add_folder("Models", space)
    inner = control.add_folder("Serving", space, outer)
    board = control.add_board("LLM", workspace=space, folder=inner, groups=["Now", "Later"])
    control.add_column(board, "GPU hours", "numbers", column_id="gpu")
    control.add_subitem(control.add_item(board, "a"), "b")
    control.add_doc("Notes", ["text"])
    control.add_automation(board, "When done, notify", "details")
    control.add_webhook(board, "create_item")

    source = open_source()
    result = only_board(source)

    assert result.folder == ("Models", "Serving") and result.workspace == "ML"
    assert [group.title for group in result.groups] == ["Now", "Later"]
    types = {column.id: column.type for column in result.columns}
    assert types["gpu"] == "numbers" and "name" not in types and "subtasks" not in types.values()
    assert result.subitem_columns
    manual = {(manual_step.kind, manual_step.name) for manual_step in result.manual}
    assert {("automation", "When done, notify"), ("webhook", "create_item")} <= manual
    assert source.problems == []


def test_the_labels_of_a_status_are_options(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """With what counts as done; an item's status is one of their keys."""
    control = monday_sandbox.control
    board = control.add_board("B")
    control.add_item(board, "a", {"status": {"label": "Done"}})

    source = open_source()
    result = only_board(source)
    (item,) = source.items(result)

    status = next(column for column in result.columns if column.type == "status")
    options = {option.key: option for option in status.options}
    cell = item.cells[status.id]
    assert options[cell.value].name == "Done" == cell.text and options[cell.value].done


def test_items_come_in_order_with_their_subitems(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """Each with parent, group, times and creator."""
    control = monday_sandbox.control
    board = control.add_board("B", groups=["One", "Two"])
    second = control.add_item(board, "second", group="Two")
    first = control.add_item(board, "first", group="One")
    control.add_subitem(first, "below")
    control.describe(second, *[f"line {n}" for n in range(30)])

    source = open_source()
    items = list(source.items(only_board(source)))

    assert [item.name for item in items] == ["first", "below", "second"]
    assert items[1].parent_id == items[0].id == str(first.id)
    assert items[0].creator == str(control.user().id) and items[0].created_ms
    assert items[2].description.split("\n\n") == [f"line {n}" for n in range(30)]


@pytest.mark.parametrize("levels", [2, 5])
def test_every_level_of_a_multi_level_board_is_read(
    levels: int, monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """A parent before what is below it; a status that is computed only if all agree."""
    control = monday_sandbox.control
    board = control.add_board("B", hierarchy="multi_level", empty=True, groups=["G"])
    control.add_column(board, "Status", "status", column_id="state", calculated="status")
    for top in ("same", "mixed"):
        above = control.add_item(board, top)
        for level in range(1, levels):
            outcome = "Done" if top == "same" or level == levels - 1 else "Stuck"
            above = control.add_subitem(above, f"{top} {level}", {"state": {"label": outcome}})
    control.add_subitem(control.item("mixed"), "other", {"state": {"label": "Stuck"}})

    source = open_source()
    result = only_board(source)
    items = list(source.items(result))

    assert len(items) == 2 * levels + 1 and result.multi_level
    place = {item.id: n for n, item in enumerate(items)}
    assert all(place[item.parent_id] < place[item.id] for item in items if item.parent_id)
    named = by_name(items)
    assert named["same"].cells["state"].text == "Done"
    assert "state" not in named["mixed"].cells


def test_archived_items_and_boards_come_on_request(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """Else they are left out, and a board that was chosen is named."""
    control = monday_sandbox.control
    board = control.add_board("B")
    old = control.add_item(board, "old")
    control.add_subitem(old, "below old")
    control.add_item(board, "now")
    control.archive(old)
    attic = control.add_board("Attic", empty=True)
    control.set_board(attic, state="archived")

    source = open_source(boards=(str(board.id), str(attic.id)))
    assert [item.name for item in source.items(only_board(source))] == ["now"]
    assert "Attic" in source.problems[0] and "archived" in source.problems[0]

    source = open_source(archived=True)
    boards = {result.name: result for result in source.boards()}
    items = by_name(source.items(boards["B"]))
    assert boards["Attic"].archived
    assert [(name, item.archived) for name, item in items.items()] == [
        ("now", False),
        ("old", True),
        ("below old", True),
    ]
    assert items["below old"].parent_id == items["old"].id


def test_updates_come_oldest_first_with_their_replies(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """Subitems' too; automations are no authors; the board's own discussion is named."""
    control = monday_sandbox.control
    board = control.add_board("B")
    item = control.add_item(board, "a")
    below = control.add_subitem(item, "b")
    late = control.add_update(item, "<p>late</p>", at_ms=3_000_000_000_000)
    control.add_update(below, "<p>early</p>", by=-4, at_ms=1_000_000_000_000)
    control.add_update(item, "<p>reply</p>", reply_to=late, at_ms=3_000_000_001_000)
    control.add_update(board, "<p>to all</p>")

    source = open_source()
    result = only_board(source)
    updates = list(source.updates(result))

    assert [update.html for update in updates] == ["<p>early</p>", "<p>late</p>", "<p>reply</p>"]
    assert updates[0].author == "" and updates[0].author_name == "Monday.com automation"
    assert updates[0].item_id == str(below.id)
    assert updates[2].reply_to == updates[1].id == str(late.id)
    assert [problem for problem in source.problems if "discussion" in problem]
    new = list(source.updates(result, since_ms=3_000_000_000_500))
    assert [update.html for update in new] == ["<p>reply</p>"]


def test_updates_of_one_second_stay_in_their_order(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """Monday.com gives whole seconds, and the newest first: ids say which one was before."""
    control = monday_sandbox.control
    item = control.add_item(control.add_board("B"), "a")
    updates = [control.add_update(item, f"<p>{n}</p>", at_ms=3_000_000_000_000) for n in range(3)]

    source = open_source()
    result = list(source.updates(only_board(source)))

    assert [one.id for one in result] == [str(update.id) for update in updates]


def test_updates_are_read_without_the_boards_before(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """As after a restart: the board is known from the journal only."""
    control = monday_sandbox.control
    board = control.add_board("B")
    below = control.add_subitem(control.add_item(board, "a"), "b")
    control.add_update(below, "<p>x</p>")
    existing = only_board(open_source())

    assert [update.item_id for update in open_source().updates(existing)] == [str(below.id)]


def test_files_of_items_and_updates_are_read_in_batches(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """Their content is what was put there; links that expire are asked for again."""
    control = monday_sandbox.control
    board = control.add_board("B")
    control.add_column(board, "Files", "file", column_id="files")
    item = control.add_item(board, "a")
    for n in range(120):
        control.add_file(item, f"{n}.txt", b"content %d" % n, column="files")
    update = control.add_update(item, "<p>see</p>")
    control.add_file(update, "log.txt", b"log")
    control.add_file(item, "gallery.txt", b"gallery")

    source = open_source()
    assets = list(source.assets(only_board(source)))
    before = source.calls
    contents = {}
    for n, asset in enumerate(assets):
        if n == 110:
            control.clock.advance(61 * 60_000)
        with source.open(asset) as file:
            contents[asset.name] = file.read()

    assert len(assets) == 122
    assert contents["7.txt"] == b"content 7" and contents["gallery.txt"] == b"gallery"
    (of_update,) = [asset for asset in assets if asset.update_id]
    assert of_update.update_id == str(update.id) and contents["log.txt"] == b"log"
    assert of_update.size == 3
    assert source.calls - before == 3


def test_files_known_from_the_journal_are_read_in_batches_too(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """If the source is told which ones come."""
    control = monday_sandbox.control
    item = control.add_item(control.add_board("B"), "a")
    for n in range(30):
        control.add_file(item, f"{n}.txt", b"x")
    source = open_source()
    assets = list(source.assets(only_board(source)))

    source = open_source()
    assert isinstance(source, Expects)
    source.expect(assets)
    for asset in assets:
        source.open(asset).close()

    assert source.calls == 1


def test_a_file_that_is_gone_is_named(monday_sandbox: MondaySandbox, open_source: Open) -> None:
    """Before it is listed it is a problem; afterwards an error of its own."""
    control = monday_sandbox.control
    board = control.add_board("B")
    control.add_column(board, "Files", "file", column_id="files")
    item = control.add_item(board, "a")
    file = control.add_file(item, "gone.txt", b"x", column="files")
    stored = control.add_file(item, "kept.txt", b"x", column="files")
    control.delete_file(file)

    source = open_source()
    (asset,) = source.assets(only_board(source))
    assert asset.name == "kept.txt"
    assert any(str(file.id) in problem for problem in source.problems)

    control.delete_file(stored)
    with pytest.raises(NotFound, match=r"kept\.txt"):
        source.open(asset)


def test_a_workspace_is_chosen_by_name_or_id(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """Boards of the main one have none; an unknown name has a suggestion."""
    control = monday_sandbox.control
    space = control.add_workspace("Research")
    control.add_board("in research", workspace=space)
    control.add_board("in main")

    assert only_board(open_source(workspace="research")).name == "in research"
    assert only_board(open_source(workspace=str(space.id))).name == "in research"
    assert only_board(open_source(workspace="Main workspace")).name == "in main"
    with pytest.raises(NotFound, match='"Research"'):
        list(open_source(workspace="Reserch").boards())
    control.add_workspace("Research")
    with pytest.raises(InputError, match="several"):
        list(open_source(workspace="Research").boards())


def test_boards_that_cannot_be_read_are_named(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """The others are read; if there are none, it is an error."""
    control = monday_sandbox.control
    board = control.add_board("B")
    control.add_subitem(control.add_item(board, "a"), "b")
    hidden = next(
        column for column in control.world.boards.values() if column.type == "sub_items_board"
    )
    address = f"https://x.monday.com/boards/{board.id}/views/1"

    source = open_source(boards=(address, "42", str(hidden.id)))

    assert only_board(source).id == str(board.id)
    assert any("subitems" in problem for problem in source.problems)
    assert any("board 42 was not found" in problem for problem in source.problems)
    with pytest.raises(NotFound, match="board 42"):
        list(open_source(boards=("42",)).boards())


def test_a_plan_without_automations_does_not_stop_the_board(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """It is a problem, with the board's name."""
    control = monday_sandbox.control
    control.add_board("B")
    control.fail("not_allowed", path="/v2/webhooks*")

    source = open_source()

    assert only_board(source).name == "B"
    assert "automations" in source.problems[0] and '"B"' in source.problems[0]


SHAPES = (
    "complexity", "complexity_in_200", "complexity_legacy", "minute_rate", "concurrency", "ip_rate",
    "field_limit", "field_limit_legacy", "service_limit", "internal", "internal_in_200",
    "board_locked", "blocked", "cursor_expired",
)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_items_are_complete_whatever_passes_by(
    shape: str, monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """Each once, with every error in the middle of the pages."""
    control = monday_sandbox.control
    board = control.add_board("B")
    control.fill(board, 1_100, subitems=0, updates=0)

    source = open_source()
    result = only_board(source)
    control.fail(shape, path="/v2/*next_items_page", skip=1, wait_s=2)
    ids = [item.id for item in source.items(result)]

    assert len(ids) == len(set(ids)) == 1_100
    assert source.problems == []


def test_a_cursor_that_expires_while_items_are_handled_loses_nothing(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """Handling a page may take longer than the cursor lives."""
    control = monday_sandbox.control
    board = control.add_board("B")
    control.fill(board, 1_200, subitems=0, updates=0)

    source = open_source()
    ids = []
    for item in source.items(only_board(source)):
        ids.append(item.id)
        if len(ids) in (500, 900):
            control.clock.advance(61 * 60_000)

    assert len(ids) == len(set(ids)) == 1_200


def test_a_token_that_is_revoked_half_way_is_an_error_with_a_hint(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """What was read before was given before."""
    control = monday_sandbox.control
    board = control.add_board("B")
    control.fill(board, 600, subitems=0, updates=0)

    source = open_source()
    items = source.items(only_board(source))
    next(items)
    control.revoke(monday_sandbox.token)

    with pytest.raises(Unauthorized) as caught:
        list(items)
    assert "CLICKUP_MLOPS_MONDAY__TOKEN" in caught.value.hint


@pytest.mark.monday_sandbox(calls_per_day=3)
def test_the_end_of_the_days_calls_is_an_error_that_says_when_it_goes_on(
    monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """It stops everything, also where a problem would be skipped."""
    control = monday_sandbox.control
    for n in range(5):
        control.add_board(f"B{n}")

    with pytest.raises(DailyLimit) as caught:
        list(open_source().boards())
    assert "00:00 UTC" in caught.value.hint


@pytest.mark.parametrize(("subitems", "updates"), [(0, 0), (3, 1)])
def test_reading_takes_at_most_one_call_for_a_hundred_items(
    subitems: int, updates: int, monday_sandbox: MondaySandbox, open_source: Open
) -> None:
    """And a few for the board itself; subitems and files cost none of their own."""
    control = monday_sandbox.control
    board = control.add_board("B")
    control.fill(board, 2_000, subitems=subitems, updates=updates, files=updates)

    source = open_source()
    result = only_board(source)
    constant = source.calls
    items = list(source.items(result))
    message = list(source.updates(result))
    files = list(source.assets(result))

    assert len(items) == 2_000 * (1 + subitems)
    assert len(message) == 2_000 * updates and len(files) == 2_000 * updates
    assert constant <= 3
    assert source.calls - constant <= len(items) / 100 + len(message) / 1_000 + 2


@pytest.mark.monday_sandbox(complexity_per_minute=1_000_000, window_s=1)
def test_a_small_budget_makes_pages_smaller_and_is_never_overdrawn(
    monday_sandbox: MondaySandbox,
) -> None:
    """As on a trial account; calls wait before they are sent."""
    control = monday_sandbox.control
    board = control.add_board("B")
    control.fill(board, 600, subitems=1, updates=0)
    settings = MondaySettings(token=monday_sandbox.token, base_url=monday_sandbox.url)  # type: ignore[arg-type]

    source = SOURCE.open(Selection(), settings)
    items = list(source.items(next(iter(source.boards()))))
    source.close()

    assert len(items) == 1_200
    assert control.stats.calls(status=429) <= 2


UNREADABLE = {"auto_number", "item_assignees", "progress", "unsupported"}
"""Column types of which Monday.com's API gives no value."""
COMPUTED = ("that differ", "does not give its values", "discussion", "is gone")
"""What of the seeded account cannot be read, on purpose."""


@pytest.mark.monday_sandbox(seed="ai_ml")
def test_every_column_type_of_a_real_looking_account_is_read(open_source: Open) -> None:
    """Each has a value somewhere, and all of it survives the journal."""
    source = open_source(archived=True)
    columns, filled = set[str](), set[str]()
    for board in source.boards():
        columns |= {column.type for column in (*board.columns, *board.subitem_columns)}
        for item in source.items(board):
            types = {column.id: column.type for column in board.columns_of(item)}
            filled |= {types[key] for key, cell in item.cells.items() if cell.value is not None}
            assert loads(Item, dumps(item)) == item
        for update in source.updates(board):
            assert loads(Update, dumps(update)) == update
        for asset in source.assets(board):
            with source.open(asset) as file:
                assert len(file.read()) == asset.size

    assert columns - filled == UNREADABLE
    assert filled >= set(DECODERS)
    assert [
        problem for problem in source.problems if not any(why in problem for why in COMPUTED)
    ] == []


def test_what_cannot_be_opened_is_refused_at_once() -> None:
    """Each with what to do."""
    with pytest.raises(InputError, match="no board"):
        SOURCE.open(Selection(boards=("marketing",)), MondaySettings(token="abcdef"))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="token"):
        SOURCE.open(Selection(), MondaySettings())
    with pytest.raises(InputError) as caught:
        SOURCE.open(Selection(files=(Path("board.xlsx"),)), MondaySettings())
    assert "monday_export" in caught.value.hint
