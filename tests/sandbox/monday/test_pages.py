"""Boards and items, page by page."""

from clickup_mlops.sandbox.monday import MondaySandbox
from tests.sandbox.monday.conftest import Api

HOUR_MS = 3_600_000
FIRST = """query ($board: [ID!], $limit: Int!, $query: ItemsQuery, $scope: String) {
  boards(ids: $board) {
    items_page(limit: $limit, query_params: $query, hierarchy_scope_config: $scope) {
      cursor items { id name group { id } subitems { name board { id type } } }
    }
  }
}"""
NEXT = """query ($cursor: String!) {
  next_items_page(cursor: $cursor, limit: 2) { cursor items { id name } }
}"""


def _names(page: dict[str, list[dict[str, str]]]) -> list[str]:
    return [item["name"] for item in page["items"]]


def test_pages_give_every_item_once_in_the_order_of_the_board(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """Groups first, then positions; the last page has no cursor."""
    control = monday_sandbox.control
    board = control.add_board("Serving", groups=("Now", "Next"))
    for number in range(5):
        control.add_item(board, f"Item {number}", group="Next" if number % 2 else "Now")

    page = api(FIRST, board=board.id, limit=2)["boards"][0]["items_page"]
    names = _names(page)
    while page["cursor"]:
        page = api(NEXT, cursor=page["cursor"])["next_items_page"]
        names += _names(page)

    assert names == ["Item 0", "Item 2", "Item 4", "Item 1", "Item 3"]


def test_a_page_can_be_asked_for_again(api: Api, monday_sandbox: MondaySandbox) -> None:
    """A client whose connection broke sends the same cursor once more."""
    board = monday_sandbox.control.add_board("Serving")
    monday_sandbox.control.fill(board, 6, subitems=0, updates=0)
    cursor = api(FIRST, board=board.id, limit=2)["boards"][0]["items_page"]["cursor"]

    assert api(NEXT, cursor=cursor) == api(NEXT, cursor=cursor)


def test_a_cursor_dies_an_hour_after_the_first_request(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """However recently its last page was read."""
    board = monday_sandbox.control.add_board("Serving")
    monday_sandbox.control.fill(board, 6, subitems=0, updates=0)
    cursor = api(FIRST, board=board.id, limit=2)["boards"][0]["items_page"]["cursor"]
    monday_sandbox.control.clock.advance(HOUR_MS - 60_000)
    later = api(NEXT, cursor=cursor)["next_items_page"]["cursor"]
    monday_sandbox.control.clock.advance(60_000)

    assert api.refused(NEXT, cursor=later) == (200, "CursorException")
    assert api.refused(NEXT, cursor="no cursor") == (200, "CursorException")


def test_a_page_has_500_items_at_most(api: Api, monday_sandbox: MondaySandbox) -> None:
    """More is refused."""
    board = monday_sandbox.control.add_board("Serving")
    code = "InvalidArgumentException"

    assert api.refused(FIRST, board=board.id, limit=501) == (200, code)
    assert api.refused(FIRST, board=board.id, limit=0) == (200, code)


def test_subitems_of_a_classic_board_stand_on_a_hidden_one(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """The list of boards shows it, and the parent's column names it."""
    control = monday_sandbox.control
    board = control.add_board("Serving")
    control.add_subitem(control.add_item(board, "Parent"), "Child")

    item = api(FIRST, board=board.id, limit=9)["boards"][0]["items_page"]["items"][0]
    hidden = api("{boards {id name type} }")["boards"][-1]
    query = "query ($ids: [ID!]) { boards(ids: $ids) { columns(types: [subtasks]) { settings } } }"
    settings = api(query, ids=board.id)["boards"][0]["columns"][0]["settings"]

    assert item["subitems"] == [
        {"name": "Child", "board": {"id": hidden["id"], "type": "sub_items_board"}}
    ]
    assert hidden["name"] == "Subitems of Serving"
    assert settings["boardIds"] == [int(hidden["id"])]


def test_subitems_can_be_read_from_their_own_board(api: Api, monday_sandbox: MondaySandbox) -> None:
    """In pages, with their parents; updates on them belong to that board."""
    control = monday_sandbox.control
    board = control.add_board("Serving")
    parent = control.add_item(board, "Parent")
    for number in range(3):
        child = control.add_subitem(parent, f"Child {number}")
    control.add_update(child, "<p>On a child</p>")
    query = """query ($ids: [ID!]) { boards(ids: $ids) { updates { item_id }
      items_page { items { name parent_item { id } } } } }"""
    visible, hidden = api(query, ids=[board.id, board.subitem_board_id])["boards"]

    assert [item["name"] for item in visible["items_page"]["items"]] == ["Parent"]
    children = hidden["items_page"]["items"]
    assert [child_node["name"] for child_node in children] == ["Child 0", "Child 1", "Child 2"]
    assert {child_node["parent_item"]["id"] for child_node in children} == {str(parent.id)}
    assert (visible["updates"], hidden["updates"]) == ([], [{"item_id": str(child.id)}])
