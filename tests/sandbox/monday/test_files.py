"""Files: where they stand, links that expire, uploads."""

import pytest
import requests

from clickup_mlops.sandbox.monday import MondaySandbox
from tests.sandbox.monday.conftest import Api

HOUR_MS = 3_600_000
ASSETS = """query ($ids: [ID!]!) {
  assets(ids: $ids) { id name file_size file_extension public_url url uploaded_by { name } }
}"""


def test_a_link_lives_for_an_hour(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Then it is refused; a new one works."""
    control = monday_sandbox.control
    item = control.add_item(control.add_board("Serving"), "Quantise")
    asset = control.add_file(item, "p99 report.csv", b"p50,p99\n")
    asset_node = api(ASSETS, ids=[asset.id])["assets"][0]

    assert (asset_node["file_size"], asset_node["file_extension"]) == (8, ".csv")
    assert requests.get(asset_node["public_url"], timeout=10).content == b"p50,p99\n"
    control.clock.advance(HOUR_MS)
    refused = requests.get(asset_node["public_url"], timeout=10)
    assert (refused.status_code, "Request has expired" in refused.text) == (403, True)
    again = api(ASSETS, ids=[asset.id])["assets"][0]["public_url"]
    assert requests.get(again, timeout=10).status_code == 200


def test_other_links_do_not_open(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Changed signatures, and the link that needs a login."""
    control = monday_sandbox.control
    item = control.add_item(control.add_board("Serving"), "Quantise")
    asset = control.add_file(item, "a.bin", size=50)
    asset_node = api(ASSETS, ids=[asset.id, 5])["assets"][0]
    forged = asset_node["public_url"][:-4] + "0000"

    assert requests.get(forged, timeout=10).status_code == 403
    assert requests.get(asset_node["url"], timeout=10).status_code == 401
    assert len(requests.get(asset_node["public_url"], timeout=10).content) == 50
    control.delete_file(asset)
    assert requests.get(asset_node["public_url"], timeout=10).status_code == 403
    assert api(ASSETS, ids=[asset.id])["assets"] == []


@pytest.mark.parametrize("kind", ["cut_before", "cut_half"])
def test_downloads_can_break(kind: str, api: Api, monday_sandbox: MondaySandbox) -> None:
    """Before the first byte or half-way; the next try works."""
    control = monday_sandbox.control
    item = control.add_item(control.add_board("Serving"), "Quantise")
    asset = control.add_file(item, "a.bin", size=50_000)
    link = api(ASSETS, ids=[asset.id])["assets"][0]["public_url"]
    monday_sandbox.faults.add(kind, path="/files/*")
    monday_sandbox.faults.add("status", path="/files/*", status_code=503)
    monday_sandbox.faults.add("slow", path="/files/*", wait_s=0.01)

    with pytest.raises(requests.RequestException):
        requests.get(link, timeout=10)
    responses = [requests.get(link, timeout=10) for _ in range(3)]
    assert [response.status_code for response in responses] == [503, 200, 200]
    assert responses[0].content != responses[1].content


def test_files_of_columns_gallery_and_updates(api: Api, monday_sandbox: MondaySandbox) -> None:
    """The gallery also shows those of updates and replies."""
    control = monday_sandbox.control
    board = control.add_board("Serving")
    control.add_column(board, "Files", "file", column_id="files")
    item = control.add_item(board, "Quantise")
    update = control.add_update(item, "<p>See</p>")
    reply = control.add_update(item, "<p>Too</p>", reply_to=update)
    control.add_file(item, "column.txt", b"1", column="files")
    control.add_file(item, "gallery.txt", b"2")
    control.add_file(update, "update.txt", b"3")
    control.add_file(reply, "reply.txt", b"4")
    query = """{ items { all: assets(assets_source: all) { name } assets { name }
      columns: assets(assets_source: columns) { name }
      none: assets(assets_source: columns, column_ids: ["other"]) { name }
      gallery: assets(assets_source: gallery) { name } updates { assets { name } } } }"""
    item_shown = api(query)["items"][0]
    names_by_source = {
        key: [asset["name"] for asset in value]
        for key, value in item_shown.items()
        if key != "updates"
    }

    gallery = ["gallery.txt", "update.txt", "reply.txt"]
    assert names_by_source["gallery"] == gallery
    assert names_by_source["columns"] == ["column.txt"]
    assert names_by_source["all"] == names_by_source["assets"] == ["column.txt", *gallery]
    assert names_by_source["none"] == []
    assert item_shown["updates"] == [{"assets": [{"name": "update.txt"}]}]


@pytest.mark.parametrize("form", ["map", "variables[file]"])
def test_files_can_be_uploaded(form: str, api: Api, monday_sandbox: MondaySandbox) -> None:
    """In the multipart form with a map, and in the older one."""
    control = monday_sandbox.control
    item = control.add_item(control.add_board("Serving"), "Quantise")
    update = control.add_update(item, "<p>See</p>")
    query = f"mutation ($file: File!) {{ add_file_to_update(update_id: {update.id}, file: $file)"
    data = {"query": query + " { id name file_size } }"}
    if form == "map":
        data["map"] = '{"image": "variables.file"}'
    key = "image" if form == "map" else form
    answer = requests.post(
        f"{monday_sandbox.url}/v2/file",
        data=data,
        files={key: ("log.txt", b"tokens")},
        headers={"Authorization": api.token},
        timeout=10,
    )

    uploaded = answer.json()["data"]["add_file_to_update"]
    assert (uploaded["name"], uploaded["file_size"]) == ("log.txt", 6)
    assert update.asset_ids == [int(uploaded["id"])]
