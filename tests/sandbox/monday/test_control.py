"""What people do in the app, by the control object, and what clients write by mutations."""

import json

import pytest

from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.sandbox.core.clock import Clock
from clickup_mlops.sandbox.monday import MondaySandbox, running
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import ACTIVITIES_KEPT, World
from tests.sandbox.monday.conftest import Api


def test_many_items_are_made_at_once(api: Api, monday_sandbox: MondaySandbox) -> None:
    """With values, subitems, updates, replies, files and dependencies."""
    control = monday_sandbox.control
    board = control.add_board("Backlog", groups=("Now", "Next"))
    control.add_column(board, "Hours", "numbers")
    counts = control.fill(
        board, 40, subitems=2, updates=2, replies=1, files=1, file_size=9, dependency_every=4
    )
    query = """{ boards { name items_count updates(limit: 500) { replies { id } }
      items_page(limit: 100) { items { group { title } subitems { name } assets { file_size }
        column_values { type text value ... on DependencyValue { linked_item_ids } } } } } }"""
    board_node = api(query)["boards"][0]
    items = board_node["items_page"]["items"]
    links = [
        column_value["linked_item_ids"]
        for item in items
        for column_value in item["column_values"]
        if column_value.get("linked_item_ids")
    ]

    assert (counts.items, counts.subitems, counts.updates, counts.replies) == (40, 80, 80, 80)
    assert (counts.files, counts.links) == (40, len(links)) == (40, 9)
    assert [item["group"]["title"] for item in items] == ["Now"] * 20 + ["Next"] * 20
    assert {len(item["subitems"]) for item in items} == {2}
    assert items[0]["assets"] == [{"file_size": 9}]
    assert sum(len(update["replies"]) for update in board_node["updates"]) == 80
    flat = control.add_board("Flat", hierarchy="multi_level")
    assert control.fill(flat, 3, subitems=1, updates=0).subitems == 3
    assert control.fill(flat, 0).items == 0


def test_what_users_do_shows_at_once(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Renaming, moving, clearing, archiving, deleting and restoring."""
    control = monday_sandbox.control
    board = control.add_board("Serving", groups=("Now", "Next"))
    item = control.add_item("Serving", "Old name", {"status": "Done"}, group="Now")
    child = control.add_subitem("Old name", "Child")
    before = item.updated_ms
    control.clock.advance(1_000)
    control.change(item.id, {"name": "New name", "status": None})
    control.move(item, "Next")
    query = (
        "{ boards { items_page { items { name state group { title } column_values { text } } } } }"
    )

    def read_items() -> list[dict[str, object]]:
        return api(query)["boards"][0]["items_page"]["items"]

    assert read_items()[0]["name"] == "New name"
    assert read_items()[0]["group"] == {"title": "Next"}
    assert item.updated_ms >= before + 1_000
    control.archive(item)
    assert (read_items(), child.state) == ([], "archived")
    control.restore(item)
    assert len(read_items()) == 1
    control.delete(item)
    assert (read_items(), api("{ items { id } }")["items"]) == ([], [])
    logs = api("query ($b: [ID!]) { boards(ids: $b) { activity_logs { event } } }", b=board.id)
    events = [log["event"] for log in logs["boards"][0]["activity_logs"]]
    assert events[:3] == ["delete_pulse", "restore_pulse", "archive_pulse"]
    control.delete_column(board, "date4")
    control.add_group(board, "Later")
    control.set_board(board, state="deleted")
    assert api("{ boards { id } }")["boards"] == []
    with pytest.raises(Refusal, match="invalid"):
        monday_sandbox.world.board(board.id)


def test_names_that_do_not_exist_are_reported(monday_sandbox: MondaySandbox) -> None:
    """Boards, items, users; and what the rules of items forbid."""
    control = monday_sandbox.control
    board = control.add_board("Serving")
    for missing in (
        lambda: control.board("Nowhere"),
        lambda: control.item("Nothing"),
        lambda: control.user("Nobody"),
    ):
        with pytest.raises(InputError):
            missing()
    for wrong in ("", "x" * 256):
        with pytest.raises(Refusal):
            control.add_item(board, wrong)
    with pytest.raises(Refusal, match="Group ID"):
        control.add_item(board, "x", group="nowhere")
    with pytest.raises(Refusal, match="column ID"):
        control.add_item(board, "x", {"nowhere": 1})
    with pytest.raises(Refusal, match="already exists"):
        control.add_column(board, "Status", "status", column_id="status")
    with pytest.raises(Refusal, match="not a file column"):
        control.add_file(control.add_item(board, "x"), "a.txt", b"", column="status")
    board.groups.clear()
    with pytest.raises(Refusal, match="no group"):
        control.add_item(board, "x")


def test_clients_can_build_a_board(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Boards, columns, groups, items, subitems, updates and replies by mutations."""
    make = """mutation ($kind: BoardKind!, $empty: Boolean) {
      complexity { query }
      create_board(board_name: "Built", board_kind: $kind, empty: $empty) {
        id groups { id } columns { id } items_page { items { name } } } }"""
    board = api(make, kind="private")["create_board"]
    bare = api(make, kind="public", empty=True)["create_board"]
    board_id = board["id"]

    assert [group["id"] for group in board["groups"]] == ["topics", "group_title"]
    assert [column["id"] for column in board["columns"]] == ["name", "person", "status", "date4"]
    assert board["items_page"]["items"] == [{"name": "Task 1"}]
    assert (len(bare["columns"]), bare["items_page"]["items"]) == (1, [])
    column = api(
        """mutation ($b: ID!, $d: JSON) { create_column(board_id: $b, title: "GPU", id: "gpu",
          column_type: dropdown, defaults: $d) { id settings } }""",
        b=board_id,
        d=json.dumps({"labels": [{"id": 1, "label": "H100"}]}),
    )["create_column"]
    assert column == {"id": "gpu", "settings": {"labels": [{"id": 1, "label": "H100"}]}}
    group = api(
        'mutation ($b: ID!) { create_group(board_id: $b, group_name: "Later") { id color } }',
        b=board_id,
    )["create_group"]
    item = api(
        """mutation ($b: ID!, $g: String, $v: JSON) { create_item(board_id: $b, group_id: $g,
          item_name: "Built item", column_values: $v) { id group { title } } }""",
        b=board_id,
        g=group["id"],
        v=json.dumps({"gpu": {"labels": ["H100"]}}),
    )["create_item"]
    assert item["group"] == {"title": "Later"}
    talk = """mutation ($i: ID, $p: ID) {
      create_update(item_id: $i, parent_id: $p, body: "<p>hi</p>") { id } }"""
    update = api(talk, i=item["id"])["create_update"]
    api(talk, p=update["id"])
    edit = """mutation ($b: ID!, $i: ID) {
      one: change_column_value(board_id: $b, item_id: $i, column_id: "gpu", value: "{}") { id }
      two: change_simple_column_value(board_id: $b, item_id: $i, column_id: "date4",
        value: "2026-12-24") { column_values(ids: ["gpu", "date4"]) { text } } }"""
    changed = api(edit, b=board_id, i=item["id"])["two"]["column_values"]
    assert [column_value["text"] for column_value in changed] == ["2026-12-24", None]
    answer = api(
        "query ($i: [ID!]) { items(ids: $i) { updates { replies { body } } } }", i=item["id"]
    )
    assert answer["items"][0]["updates"] == [{"replies": [{"body": "<p>hi</p>"}]}]
    assert api("mutation ($u: ID!) { delete_update(id: $u) { id } }", u=update["id"])
    assert api("mutation ($i: ID) { archive_item(item_id: $i) { state } }", i=item["id"])


def test_boards_are_made_where_the_client_wants_them(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """The main workspace is null on the board; places that do not exist are refused."""
    control = monday_sandbox.control
    main = next(iter(monday_sandbox.world.workspaces.values()))
    space = control.add_workspace("ML platform")
    folder = control.add_folder("Serving", space)
    query = """mutation ($w: ID, $f: ID) { create_board(board_name: "x", board_kind: public,
      workspace_id: $w, folder_id: $f) { workspace { name } folder { name } } }"""

    assert api(query, w=main.id)["create_board"]["workspace"] is None
    created = api(query, w=space.id, f=folder.id)["create_board"]
    assert created == {"workspace": {"name": "ML platform"}, "folder": {"name": "Serving"}}
    for wrong in ({"w": "5"}, {"f": "abc"}):
        assert api.refused(query, **wrong)[1] == "ResourceNotFoundException"


def test_mutations_are_refused_as_a_whole(api: Api, monday_sandbox: MondaySandbox) -> None:
    """A wrong value or board changes nothing."""
    control = monday_sandbox.control
    board, other_board = control.add_board("Serving"), control.add_board("Other")
    item = control.add_item(board, "x")
    query = """mutation ($b: ID!, $i: ID, $v: JSON!) {
      change_multiple_column_values(board_id: $b, item_id: $i, column_values: $v) { id } }"""
    values = {"name": "y", "status": "Nowhere"}

    assert api.refused(query, b=board.id, i=item.id, v=values)[1] == "ColumnValueException"
    assert api.refused(query, b=other_board.id, i=item.id, v={})[1] == "InvalidItemIdException"
    assert api.refused(query, b=board.id, i=item.id, v="{no")[1] == "JsonParseException"
    assert item.name == "x"
    assert api(query, b=board.id, i=item.id, v={"name": "y"})
    assert item.name == "y"


def test_the_activity_log_keeps_the_newest() -> None:
    """It does not grow without end."""
    world = World(Clock())
    for number in range(ACTIVITIES_KEPT + 1):
        world.log_activity(1, "event", 1, "pulse", number=number)

    entries = world.activities[1]
    assert len(entries) <= ACTIVITIES_KEPT
    assert entries[-1].data == {"number": ACTIVITIES_KEPT}


def test_unknown_plans_and_seeds_are_reported() -> None:
    """With those that exist; nothing is started."""
    with pytest.raises(ConfigError, match="unknown plan") as plan:
        MondaySandbox(plan="premium")
    with pytest.raises(ConfigError, match="unknown seed") as seed:
        MondaySandbox(seed="huge")

    assert "enterprise" in plan.value.hint
    assert "ai_ml" in seed.value.hint


def test_it_listens_on_this_machine_only_unless_told_otherwise() -> None:
    """And not on a port that is taken."""
    with pytest.raises(ConfigError, match="other machines"), running(host="0.0.0.0"):
        pass
    with running() as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(ConfigError, match="cannot listen"), running(port=port):
            pass


def test_tokens_of_two_sandboxes_differ() -> None:
    """One that is started again at its port has the same."""
    with running() as first, running() as second:
        assert first.token != second.token
        assert Api(first, second.token).refused("{ me { id } }")[0] == 401
    assert MondaySandbox(name="8200").token == MondaySandbox(name="8200").token
