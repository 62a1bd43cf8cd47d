"""A client that others wrote works against the sandbox, unchanged but for the address."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from clickup_mlops.sandbox.core.stats import Exchange
from clickup_mlops.sandbox.monday import MondaySandbox
from tests.sandbox.monday import official

monday_sdk = pytest.importorskip("monday_sdk")
pytestmark = pytest.mark.monday_sandbox(seed="ai_ml")


@pytest.fixture
def client(monday_sandbox: MondaySandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    handler = "monday_sdk.graphql_handler"
    monkeypatch.setattr(f"{handler}.API_URL", f"{monday_sandbox.url}/v2")
    monkeypatch.setattr(f"{handler}.FILE_UPLOAD_URL", f"{monday_sandbox.url}/v2/file")
    return monday_sdk.MondayClient(monday_sandbox.token, max_retry_attempts=1)


def test_it_reads_boards_items_and_updates(client, monday_sandbox: MondaySandbox) -> None:
    """Every item of every page, with values, subitems and names of connected items."""
    board = monday_sandbox.control.board("LLM serving")
    boards = client.boards.fetch_boards(limit=50)
    items = client.boards.fetch_all_items_by_board_id(board.id, limit=2)
    updates = client.updates.fetch_board_updates_page(board.id, limit=100)
    logs = client.activity_logs.fetch_activity_logs_from_board(board.id)

    assert "Training runs" in {board.name for board in boards.data.boards}
    assert len(items) == 6
    first = items[0]
    texts = {
        column_value.column.id: column_value.text or column_value.display_value
        for column_value in first.column_values
    }
    assert texts["status"] == "Working on it"
    assert texts["run_status"] == "Training"
    assert len(first.subitems) == 3
    assert len(updates) == 7
    assert updates[0].text_body == "Freeze from 20 December on."
    assert logs


def test_it_writes(client, monday_sandbox: MondaySandbox, tmp_path: Path) -> None:
    """Items with labels and dates, subitems, updates, files, moves and deletes."""
    control = monday_sandbox.control
    board = control.board("LLM serving")
    group = next(iter(board.groups))
    created = client.items.create_item(
        board.id, group, "From the SDK", {"status": {"label": "Stuck"}, "due": "2026-12-24"}
    )
    item_id = int(created.data.create_item.id)
    client.items.change_multiple_column_values(board.id, item_id, {"cost": "1.5"})
    client.items.change_simple_column_value(board.id, item_id, "model", "llama-8b")
    client.items.create_subitem(item_id, "Part")
    client.updates.create_update(item_id, "<p>Hello</p>")
    file = tmp_path / "log.txt"
    file.write_text("tokens")
    uploaded = client.items.upload_file_to_column(item_id, "files", str(file))

    item = control.item(item_id)
    assert item.cells["status"]["index"] == 2
    assert (item.cells["cost"], item.cells["model"]) == ("1.5", "llama-8b")
    assert control.item("Part").parent_id == item_id
    assert uploaded["data"]["add_file_to_column"]["file_size"] == 6
    client.items.move_item_to_group(item_id, list(board.groups)[1])
    client.items.delete_item_by_id(item_id)
    assert item.state == "deleted"


def test_what_it_sends_fits_the_official_schema(
    client, monday_sandbox: MondaySandbox, reference_dir: Path
) -> None:
    """So the sandbox answers queries that Monday.com would answer."""
    schema, queries = official.load(reference_dir), []

    def record_query(exchange: Exchange) -> None:
        queries.append(orjson.loads(exchange.request_body)["query"])

    monday_sandbox.stats.listeners.append(record_query)
    board = monday_sandbox.control.board("Training runs")
    client.boards.fetch_all_items_by_board_id(board.id, limit=2)
    client.updates.fetch_board_updates_page(board.id)
    client.items.fetch_items_by_id([next(iter(board.item_ids))])

    assert len(queries) >= 4
    assert [official.problems(schema, query) for query in queries] == [[]] * len(queries)
