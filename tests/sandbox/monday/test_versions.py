"""Versions of the API, forms as bodies, and mutations that scripts use beside those of items."""

from pathlib import Path
from typing import Any

import pytest
import requests

from clickup_mlops.sandbox.monday import MondaySandbox
from clickup_mlops.sandbox.monday.graph.schema import VERSIONS, choose_version, load_schema
from tests.sandbox.monday import official
from tests.sandbox.monday.conftest import Api

OLD = """{ me { enabled is_admin is_guest is_pending is_verified is_view_only join_date
  photo_original photo_small photo_thumb photo_thumb_small photo_tiny sign_up_product_kind } }"""


def test_an_old_version_has_the_fields_that_the_current_one_lost(api: Api) -> None:
    """The header says which one answers; the answer says it too."""
    old, current = api.call(OLD, version="2026-07"), api.call(OLD, version="2026-10")

    assert "errors" not in api.call(OLD, version="2024-01").json()
    assert old.json()["data"]["me"]["is_admin"] in (True, False)
    assert old.headers["api-version"] == "2026-07"
    assert 'Cannot query field "enabled"' in current.json()["errors"][0]["message"]


def test_the_details_of_a_user_are_those_that_published_clients_read(api: Api) -> None:
    """All fields of `me.get_details()` of the package `monday`, which asks for version 2026-01."""
    query = OLD.replace(
        "{ me {",
        """{ me { account { id } birthday country_code created_at email id
      location mobile_phone name phone teams { id name } time_zone_identifier title url
      utc_hours_diff """,
    )

    me = api.call(query, version="2026-01").json()["data"]["me"]

    assert (me["utc_hours_diff"], me["birthday"]) == (0, None)
    assert me["account"]["id"]


def test_the_fields_of_the_old_version_are_monday_coms(reference_dir: Path) -> None:
    """With their types."""
    theirs: Any = official.load(reference_dir, "schema-2026-07.graphql").type_map["User"]
    ours: Any = load_schema("2026-07").type_map["User"]

    for name, field in ours.fields.items():
        assert str(field.type) == str(theirs.fields[name].type), name


@pytest.mark.parametrize(
    ("version", "answering"),
    [
        ("2026-07", "2026-07"),
        ("2024-01", "2024-01"),
        ("2027-01", "2027-01"),
        ("", "2026-10"),
        ("dev", "2026-10"),
        ("yesterday", "2026-10"),
    ],
)
def test_whatever_is_no_version_is_answered_by_the_current(version: str, answering: str) -> None:
    """An old one answers as it is called."""
    assert choose_version(version) == answering


def test_the_versions_are_listed(api: Api) -> None:
    """With what they are."""
    versions = api("{ versions { value kind display_name } version { value } }")

    assert {version["value"]: version["kind"] for version in versions["versions"]} == VERSIONS
    assert versions["version"] == {"value": "2026-10"}


@pytest.mark.parametrize("is_multipart", [False, True])
def test_a_form_is_a_body_too(monday_sandbox: MondaySandbox, is_multipart: bool) -> None:
    """With variables as JSON, and a name of the operation."""
    form = {
        "query": "query A { me { id } } query B($n: Int) { users(limit: $n) { id } }",
        "variables": '{"n": 1}',
        "operationName": "B",
    }
    parts = {name: (None, value) for name, value in form.items()}
    body: Any = {"files": parts} if is_multipart else {"data": form}
    headers = {"Authorization": monday_sandbox.token}
    answer = requests.post(f"{monday_sandbox.url}/v2", headers=headers, timeout=30, **body)

    assert len(answer.json()["data"]["users"]) == 1


def test_a_form_without_a_query_is_refused(monday_sandbox: MondaySandbox) -> None:
    """As JSON without one."""
    headers = {"Authorization": monday_sandbox.token}
    url = f"{monday_sandbox.url}/v2"

    assert requests.post(url, headers=headers, data={"a": "b"}, timeout=30).status_code == 400


def test_a_workspace_is_created(api: Api) -> None:
    """A board can be made in it."""
    created = api(
        'mutation { create_workspace(name: "Research", kind: closed, description: "Papers") '
        "{ id name kind description } }"
    )["create_workspace"]
    board = api(
        'mutation ($w: ID) { create_board(board_name: "B", board_kind: public, workspace_id: $w)'
        " { workspace { name } } }",
        w=created["id"],
    )

    assert (created["name"], created["kind"], created["description"]) == (
        "Research",
        "closed",
        "Papers",
    )
    assert board["create_board"]["workspace"] == {"name": "Research"}


def test_a_group_is_duplicated_with_its_items(api: Api, monday_sandbox: MondaySandbox) -> None:
    """And with what is below them; at the end, or on top."""
    control = monday_sandbox.control
    board = control.add_board("B", empty=True, groups=["Now", "Later"])
    item = control.add_item(board, "Serve", group="Now")
    control.add_subitem(item, "Test")
    group = item.group_id
    variables = {"board": board.id, "group": group}
    query = """mutation ($board: ID!, $group: String!, $top: Boolean, $title: String) {
      duplicate_group(board_id: $board, group_id: $group, add_to_top: $top, group_title: $title) {
        title items_page { items { name subitems { name } } } } }"""

    copy = api(query, **variables)["duplicate_group"]
    api(query, **variables, top=True, title="First")
    titles = api("query ($b: [ID!]) { boards(ids: $b) { groups { title } } }", b=board.id)

    assert copy["title"] == "Duplicate of Now"
    assert copy["items_page"]["items"] == [{"name": "Serve", "subitems": [{"name": "Test"}]}]
    assert [group["title"] for group in titles["boards"][0]["groups"]] == [
        "First",
        "Now",
        "Later",
        "Duplicate of Now",
    ]


def test_a_group_is_archived_with_its_items(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Pages leave them out."""
    control = monday_sandbox.control
    board = control.add_board("B", empty=True, groups=["Now", "Later"])
    group = control.add_item(board, "Serve", group="Now").group_id
    control.add_item(board, "Train", group="Later")
    archived = api(
        "mutation ($b: ID!, $g: String!)"
        " { archive_group(board_id: $b, group_id: $g) { archived } }",
        b=board.id,
        g=group,
    )
    page = api(
        "query ($b: [ID!]) { boards(ids: $b) { items_page { items { name } } } }", b=board.id
    )

    assert archived["archive_group"] == {"archived": True}
    assert page["boards"][0]["items_page"]["items"] == [{"name": "Train"}]
    refused = 'mutation ($b: ID!) { archive_group(board_id: $b, group_id: "no") { id } }'
    assert api.refused(refused, b=board.id)[1] == "InvalidGroupIdException"


def test_a_notification_reaches_a_user(api: Api, monday_sandbox: MondaySandbox) -> None:
    """About an item, a board or an update; the control shows it."""
    control = monday_sandbox.control
    board = control.add_board("B")
    user = control.user().id
    query = """mutation ($u: ID!, $t: ID!, $text: String!) { create_notification(
      user_id: $u, target_id: $t, target_type: Project, text: $text) { text } }"""

    assert api(query, u=user, t=board.id, text="Look")["create_notification"] == {"text": "Look"}
    assert monday_sandbox.world.notifications == [(user, "Look")]
    assert api.refused(query, u=user, t=999, text="x")[1] == "InvalidItemIdException"
