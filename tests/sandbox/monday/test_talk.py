"""Updates, replies, docs, people, tags, places and logs."""

import json

import pytest

from clickup_mlops.sandbox.monday import MondaySandbox
from tests.sandbox.monday.conftest import Api

seeded = pytest.mark.monday_sandbox(seed="ai_ml")
UPDATES = """query ($board: [ID!], $limit: Int, $page: Int, $from: ISO8601DateTime,
    $to: ISO8601DateTime, $only: Boolean, $ids: [ID!]) {
  boards(ids: $board) { updates(limit: $limit, page: $page, from_date: $from, to_date: $to,
    board_updates_only: $only, ids: $ids) { id text_body item_id } } }"""


@seeded
def test_updates_are_as_people_and_automations_write_them(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """HTML with marks, mentions and pictures; replies; creators that are nobody."""
    item = monday_sandbox.control.item("Quantise llama-70b to FP8")
    query = """query ($ids: [ID!]) { items(ids: $ids) { updates(limit: 100) {
      id body text_body creator_id creator { name is_deleted } item { id }
      likes { creator_id creator { name } } pinned_to_top { item_id } updated_at edited_at
      replies { kind body creator { name } } assets { name } } } }"""
    updates = api(query, ids=item.id)["items"][0]["updates"]
    first = updates[-1]

    assert [update["creator_id"] for update in updates[:2]] == ["-7", "-4"]
    assert [update["creator"] for update in updates[:2]] == [None, None]
    assert first["body"].startswith("<p>\ufeff<a class=")
    assert "data-mention-id" in first["body"]
    assert "is P99 back below" in first["text_body"]
    assert [reply["creator"]["name"] for reply in first["replies"]] == [
        "Chen Cluster",
        "Gone Gunnar",
    ]
    assert [like["creator"]["name"] for like in first["likes"]] == ["Ada Admin", "Chen Cluster"]
    assert first["pinned_to_top"] == [{"item_id": str(item.id)}]
    assert first["updated_at"] > first["edited_at"]
    (only_a_file,) = [update for update in updates if update["body"] == ""]
    assert [asset["name"] for asset in only_a_file["assets"]] == ["nsys-rep.qdrep"]
    assert any("data-asset_id" in update["body"] for update in updates)


def test_updates_of_a_board_come_in_pages_newest_first(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """Within dates if asked; those of the board itself, too; none of deleted items."""
    control = monday_sandbox.control
    board = control.add_board("Serving")
    item, deleted = control.add_item(board, "Stays"), control.add_item(board, "Goes")
    created = [
        control.add_update(item, f"<p>{number}</p>", at_ms=number * 86_400_000)
        for number in range(1, 6)
    ]
    control.add_update(board, "<p>all</p>", at_ms=0)
    control.add_update(deleted, "<p>gone</p>")
    control.delete(deleted)

    def texts(**filters: object) -> list[str]:
        updates = api(UPDATES, board=board.id, **filters)["boards"][0]["updates"]
        return [update["text_body"] for update in updates]

    assert texts(limit=4, page=1) + texts(limit=4, page=2) == ["5", "4", "3", "2", "1", "all"]
    span = {"from": "1970-01-03T00:00:00Z", "to": "1970-01-04T00:00:00Z"}
    assert texts(limit=100, **span) == ["3", "2"]
    assert texts(limit=100, only=True) == ["all"]
    assert texts(limit=100, ids=[created[0].id]) == ["1"]
    assert len(api("{ updates(limit: 100) { id } }")["updates"]) == 6
    control.delete_update(created[4])
    assert texts(limit=1) == ["4"]


def test_updates_of_an_item_also_come_by_cursor(api: Api, monday_sandbox: MondaySandbox) -> None:
    """And by id."""
    item = monday_sandbox.control.add_item(monday_sandbox.control.add_board("Serving"), "x")
    created = [monday_sandbox.control.add_update(item, f"<p>{n}</p>") for n in range(3)]
    query = """query ($c: String) { items {
      updates_page(limit: 2, cursor: $c) { cursor updates { id } } } }"""
    first = api(query)["items"][0]["updates_page"]
    second = api(query, c=first["cursor"])["items"][0]["updates_page"]

    assert [update["id"] for update in first["updates"]] == [str(created[2].id), str(created[1].id)]
    assert (second["cursor"], len(second["updates"])) == (None, 1)
    by_id = api("query ($i: [ID!]) { items { updates(ids: $i) { id } } }", i=[created[0].id])
    assert by_id["items"][0]["updates"] == [{"id": str(created[0].id)}]


def test_replies_can_be_asked_for_by_board_and_date(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """Newest first; a deleted reply is gone."""
    control = monday_sandbox.control
    board = control.add_board("Serving")
    item = control.add_item(board, "x")
    update = control.add_update(item, "<p>u</p>", at_ms=0)
    old = control.add_update(item, "<p>old</p>", reply_to=update, at_ms=1_000)
    control.add_update(item, "<p>new</p>", reply_to=update, at_ms=90_000_000)
    query = """query ($ids: [ID!]!, $from: String, $to: String) {
      replies(board_ids: $ids, created_at_from: $from, created_at_to: $to) { body } }"""

    def bodies(**span: str) -> list[str]:
        return [reply["body"] for reply in api(query, ids=[board.id], **span)["replies"]]

    assert bodies() == ["<p>new</p>", "<p>old</p>"]
    assert bodies(**{"from": "1970-01-02T00:00:00Z"}) == ["<p>new</p>"]
    assert bodies(to="1970-01-01T10:00:00Z") == ["<p>old</p>"]
    control.delete_update(old)
    assert bodies() == ["<p>new</p>"]


@seeded
def test_people_teams_and_tags(api: Api, monday_sandbox: MondaySandbox) -> None:
    """By id, e-mail, name, kind and status; members of teams."""
    control = monday_sandbox.control
    bea = control.user("Bea")
    control.add_user("Pia Pending", "pia@example.com").status = "PENDING"
    query = """query ($ids: [ID!], $emails: [String!], $mail: String) {
      id: users(ids: $ids) { name teams { name } account { slug } url created_at }
      mail: users(emails: $emails) { name time_zone_identifier } named: users(name: $mail) { name }
      guests: users(kind: guests) { name kind } others: users(kind: non_guests) { name }
      here: users(kind: non_pending) { name }
      paged: users(limit: 2, page: 2) { name }
      teams { name users(limit: 1) { name } owners { name } } tags { name color } }"""
    answer = api(query, ids=[bea.id], emails=["chen@inference-lab.example"], mail="bea b")

    assert answer["id"][0]["teams"] == [{"name": "Inference on-call"}]
    assert answer["mail"][0]["time_zone_identifier"] == "Asia/Shanghai"
    assert answer["named"] == [{"name": "Bea Batch"}]
    assert answer["guests"] == [{"name": "Gus Guest", "kind": "guest"}]
    assert {"name": "Gus Guest"} not in answer["others"]
    assert {"name": "Pia Pending"} in answer["others"]
    assert {"name": "Pia Pending"} not in answer["here"]
    assert len(answer["paged"]) == 2
    assert answer["teams"][0]["users"] == answer["teams"][0]["owners"] == [{"name": "Bea Batch"}]
    assert {tag["name"] for tag in answer["tags"]} == {"gpu", "P99 latency", "Customer A"}
    team = api(
        """query ($i: [ID!], $t: [ID!]) { teams(ids: $t) {
          users(ids: $i) { name } owners(ids: $i) { name } } }""",
        i=[bea.id],
        t=[next(iter(monday_sandbox.world.teams))],
    )["teams"][0]
    assert team["users"] == team["owners"] == [{"name": "Bea Batch"}]
    assert api.refused("{ users(limit: 1001) { id } }")[1] == "InvalidArgumentException"


@seeded
def test_docs_and_descriptions_have_blocks(api: Api, monday_sandbox: MondaySandbox) -> None:
    """A doc stands for a board; the description of an item does not."""
    item = monday_sandbox.control.item("Quantise llama-70b to FP8")
    doc = next(record for record in monday_sandbox.world.docs.values() if "Runbook" in record.name)
    query = """query ($objects: [ID!], $ids: [ID!], $items: [ID!]) {
      docs(object_ids: $objects) { name blocks(limit: 1) { type content position } workspace { id }
        created_by { name } doc_kind url }
      one: docs(ids: $ids) { object_id } all: docs { name }
      items(ids: $items) { description { id blocks { content } } } }"""
    answer = api(query, objects=[doc.object_id], ids=[doc.id], items=[item.id])

    (runbook,) = answer["docs"]
    assert runbook["blocks"][0]["content"]["deltaFormat"] == [{"insert": "Drain, reboot, verify."}]
    assert (len(runbook["blocks"]), runbook["workspace"]) == (1, None)
    assert answer["one"] == [{"object_id": str(doc.object_id)}]
    assert "Description" not in " ".join(doc_node["name"] for doc_node in answer["all"])
    assert len(answer["items"][0]["description"]["blocks"]) == 2


@seeded
def test_places_and_what_must_be_rebuilt(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Workspaces, nested folders, views, automations, webhooks; the main workspace is null."""
    control = monday_sandbox.control
    board, platform = control.board("LLM serving"), control.board("LLM serving").workspace_id
    query = """query ($board: ID!, $boards: [ID!], $space: [ID]) {
      account { slug plan { tier } products { kind default_workspace_id } }
      workspaces { id name is_default_workspace }
      folders(workspace_ids: $space) { name parent { name } sub_folders { name }
        children { name } workspace { name } }
      boards(ids: $boards) { workspace { name } folder { name } tags { name } top_group { title }
        views(type: "KanbanBoardView") { name } owners { name is_deleted } creator { name }
        team_owners { id } subscribers { name } groups(ids: ["nothing"]) { id } }
      there: boards(workspace_ids: $space) { name } main: boards(workspace_ids: [null]) { name }
      private: boards(board_kind: private) { name } archived: boards(state: archived) { name }
      levels: boards(hierarchy_types: [multi_level]) { name }
      used: boards(order_by: used_at, limit: 1) { name } made: boards(order_by: created_at) { name }
      webhooks(board_id: $board) { event }
      board_automations(board_ids: $boards, limit: 1) { cursor items { title active } } }"""
    answer = api(query, board=board.id, boards=[board.id], space=[platform])
    (board_node,) = answer["boards"]

    assert [workspace["is_default_workspace"] for workspace in answer["workspaces"]] == [
        True,
        False,
    ]
    assert answer["account"]["products"][0]["default_workspace_id"] == answer["workspaces"][0]["id"]
    inner = next(folder for folder in answer["folders"] if folder["name"] == "Inference")
    assert inner["parent"] == {"name": "Production"}
    assert inner["children"] == [{"name": "LLM serving"}]
    assert (board_node["workspace"], board_node["folder"]) == (
        {"name": "ML platform"},
        {"name": "Inference"},
    )
    assert [owner["is_deleted"] for owner in board_node["owners"]] == [False, True]
    assert board_node["views"] == [{"name": "By region"}]
    assert board_node["groups"] == []
    assert {"name": "Data pipeline"} in answer["main"]
    assert {"name": "Training runs"} in answer["there"]
    assert answer["private"] == [{"name": "Salaries of the GPU team"}]
    assert answer["archived"] == [{"name": "Experiments 2023"}]
    assert answer["levels"] == [{"name": "Incidents"}]
    assert answer["webhooks"] == [{"event": "change_column_value"}]
    page = answer["board_automations"]
    assert (len(page["items"]), page["cursor"]) == (1, "1")
    second_page = """query ($b: [ID!]) {
      board_automations(board_ids: $b, cursor: "1") { cursor items { title } } }"""
    assert api(second_page, b=[board.id])["board_automations"]["cursor"] is None


@seeded
def test_the_activity_log_has_times_in_odd_units(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Newest first, by item, user, column and time."""
    control = monday_sandbox.control
    board, item = control.board("LLM serving"), control.item("Move embeddings to L4")
    control.change(item, {"status": "Stuck"}, by="Bea")
    query = """query ($b: [ID!], $i: [ID!], $u: [ID!], $c: [String], $from: ISO8601DateTime,
        $to: ISO8601DateTime) { boards(ids: $b) { activity_logs(limit: 5, item_ids: $i,
          user_ids: $u, column_ids: $c, from: $from, to: $to) { event data created_at } } }"""

    def logged(**filters: object) -> list[dict[str, str]]:
        return api(query, b=[board.id], **filters)["boards"][0]["activity_logs"]

    (entry,) = logged(i=[item.id], u=[control.user("Bea").id], c=["status"])
    assert entry["event"] == "update_column_value"
    assert json.loads(entry["data"])["pulse_id"] == item.id
    assert abs(int(entry["created_at"]) / 10_000 - control.clock.now_ms()) < 60_000
    assert len(logged()) == 5
    assert logged(**{"from": "2099-01-01T00:00:00Z"}) == logged(to="2000-01-01T00:00:00Z") == []


def test_what_belongs_to_items(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Addresses, people, parents; at most 100 ids; archived ones unless they are left out."""
    control = monday_sandbox.control
    board = control.add_board("Serving")
    item = control.add_item(board, "Parent")
    child = control.add_subitem(item, "Child")
    item.subscriber_ids = [control.add_user("Bea", "bea@example.com").id]
    query = """query ($ids: [ID!], $active: Boolean) { items(ids: $ids, exclude_nonactive: $active,
      newest_first: true) { name state creator { name } creator_id email relative_link url
        created_at updated_at parent_item { name } group { items_page { items { name } } }
        subscribers { name } board { name items_count url } } }"""
    items = api(query, ids=[item.id, child.id])["items"]

    assert [item_node["name"] for item_node in items] == ["Child", "Parent"]
    assert items[0]["parent_item"] == {"name": "Parent"}
    assert items[1]["subscribers"] == [{"name": "Bea"}]
    assert items[1]["group"]["items_page"]["items"] == [{"name": "Parent"}]
    assert items[1]["board"]["items_count"] == 1
    control.archive(item)
    assert len(api(query, ids=[item.id, child.id])["items"]) == 2
    assert api(query, ids=[item.id, child.id], active=True)["items"] == []
    assert api.refused(query, ids=list(range(1, 102)))[1] == "InvalidArgumentException"
