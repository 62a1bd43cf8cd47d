"""The board of model serving: the common column types, talk, files and links."""

from typing import Any

from clickup_mlops.sandbox.monday.control import Control
from clickup_mlops.sandbox.monday.seeds.ai_ml import talk
from clickup_mlops.sandbox.monday.seeds.ai_ml.people import People
from clickup_mlops.sandbox.monday.state.model import Board, Item
from clickup_mlops.sandbox.monday.state.structure import (
    build_dropdown_settings,
    build_status_settings,
)

HOUR_MS = 3_600_000
COLUMNS = (
    ("status", "Status", "status"),
    ("priority", "Priority", "status"),
    ("person", "Owner", "people"),
    ("due", "Due", "date"),
    ("rollout", "Rollout", "timeline"),
    ("cost", "Cost per 1M tokens", "numbers"),
    ("p99", "P99 ms", "numbers"),
    ("total", "Cost of a day", "formula"),
    ("tags", "Tags", "tags"),
    ("hardware", "Hardware", "dropdown"),
    ("region", "Region", "dropdown"),
    ("model", "Model id", "text"),
    ("why", "Why", "long_text"),
    ("canary", "Canary", "checkbox"),
    ("dashboard", "Dashboard", "link"),
    ("confidence", "Confidence", "rating"),
    ("files", "Files", "file"),
    ("depends", "Depends on", "dependency"),
    ("run", "Training run", "board_relation"),
    ("run_status", "Run status", "mirror"),
    ("spent", "Time", "time_tracking"),
    ("votes", "Votes", "vote"),
    ("made", "Created", "creation_log"),
    ("touched", "Updated", "last_updated"),
    ("key", "Item ID", "item_id"),
    ("progress", "Progress", "progress"),
    ("page", "Page on-call", "button"),
)


def plant(control: Control, people: People, runs: Board) -> Board:
    """The board in nested folders, with views, automations and a webhook."""
    outer = control.add_folder("Production", people.platform)
    board = control.add_board(
        "LLM serving",
        empty=True,
        groups=("Now", "Next", "Done 🎉"),
        workspace=people.platform,
        folder=control.add_folder("Inference", people.platform, outer),
        description="What runs in front of users.",
        owner_ids=[people.ada.id, people.former.id],
        views=[{"id": "7001", "name": "By region", "type": "KanbanBoardView"}],
    )
    board.tag_ids = [tag.id for tag in people.tags.values()]
    for column_id, title, kind in COLUMNS:
        settings = _settings(column_id, runs)
        control.add_column(board, title, kind, column_id=column_id, settings=settings)
    items = _add_items(control, people, board, runs)
    _add_subitems(control, people, items[0])
    talk.plant(control, people, board, items[0])
    _add_links(control, items)
    control.add_automation(
        board, "When status changes to Stuck, notify Ada", "Status change, then notification"
    )
    control.add_automation(board, "Every Monday, create an item", "Recurring item")
    control.add_webhook(board, "change_column_value")
    return board


def _settings(column_id: str, runs: Board) -> dict[str, Any] | None:
    by_column: dict[str, dict[str, Any]] = {
        "status": _statuses(),
        "priority": build_status_settings("Critical", "High", "Medium", "Low", done_names=()),
        "cost": {"unit": {"symbol": "$", "direction": "left", "precision": 2}},
        "p99": {"unit": {"symbol": "custom", "custom_unit": "ms", "direction": "right"}},
        "total": {"formula": "{cost} * 24"},
        "hardware": build_dropdown_settings("H100, 80 GB", "A100", "L4"),
        "region": build_dropdown_settings("eu-north-1", "us-east-1", most=1),
        "confidence": {"limit": 10, "symbol": "star"},
        "run": {"boardIds": [runs.id], "allowMultipleItems": True},
        "run_status": {"relation_column": "run", "displayed_column": "status"},
        "page": {"label": "Page on-call"},
    }
    return by_column.get(column_id)


def _statuses() -> dict[str, Any]:
    """One label cannot be chosen any more, but an item still has it."""
    settings = build_status_settings("Working on it", "Done", "Stuck", "Shadow traffic", "Retired")
    settings["labels"][4]["is_deactivated"] = True
    return settings


def _add_items(control: Control, people: People, board: Board, runs: Board) -> list[Item]:
    add = control.add_item
    target = next(iter(runs.item_ids))
    first = add(board, "Quantise llama-70b to FP8", _full_values(people, target), by=people.bea)
    second = add(
        board,
        "Quantise llama-70b to FP8",  # the same name on purpose
        {"status": "Retired", "person": people.persons(people.former, people.dana)},
        group="Next",
    )
    third = add(
        board,
        "🚀 Speculative decoding for the chat endpoint",
        {"status": "Stuck", "due": {"date": "2026-12-24"}, "hardware": {"ids": [2, 3]}},
        group="Next",
        by=people.chen,
    )
    fourth = add(board, "שיפור זמן התגובה של המודל", {"priority": "High"}, group="Next")
    fifth = add(board, "G" * 251 + "PU🔥!", {"status": "Done"}, group="Done 🎉")
    agents = {"personsAndTeams": [{"id": people.agent.id, "kind": "agent"}]}
    add(board, "Move embeddings to L4", {"status": "Done", "person": agents}, group="Done 🎉")
    control.archive(add(board, "Serve GPT-J", {"status": "Done"}, group="Done 🎉"))
    control.delete(add(board, "Deleted by mistake"))
    control.describe(first, "Halve the memory of the weights.", "Quality must stay within 0.5 %.")
    return [first, second, third, fourth, fifth]


def _full_values(people: People, run_id: int) -> dict[str, Any]:
    team = {"id": people.team.id, "kind": "team"}
    person = {"id": people.bea.id, "kind": "person"}
    at = 1_790_000_000_000
    entry = {"from_ms": at, "to_ms": at + HOUR_MS, "user": people.bea.id, "manual": True}
    running = {"from_ms": at + 2 * HOUR_MS, "user": people.chen.id}
    return {
        "status": "Working on it",
        "priority": "Critical",
        "person": {"personsAndTeams": [person, team]},
        "due": {"date": "2026-12-15", "time": "09:00:00", "icon": "🔥"},
        "rollout": {"from": "2026-12-01", "to": "2026-12-14"},
        "cost": "0.85",
        "p99": "412.5",
        "tags": {"tag_ids": [tag.id for tag in people.tags.values()]},
        "hardware": {"ids": [1, 2]},
        "region": {"labels": ["eu-north-1"]},
        "model": "llama-70b-support@sha256:9f2c",
        "why": "GPU memory is the limit.\nTwo replicas per node instead of one.",
        "canary": {"checked": True},
        "dashboard": {"url": "https://grafana.example/d/serving", "text": "Serving"},
        "confidence": 7,
        "run": {"item_ids": [run_id]},
        "spent": {"entries": [entry, running]},
        "votes": {"voter_ids": [people.ada.id, people.chen.id]},
    }


def _add_subitems(control: Control, people: People, parent: Item) -> None:
    date = {"date": "2026-12-08"}
    bea = people.persons(people.bea)
    control.add_subitem(
        parent, "Calibrate on 2,000 prompts", {"status": "Done", "person": bea, "date0": date}
    )
    control.add_subitem(parent, "Compare perplexity", {"status": "Working on it"})
    control.add_subitem(parent, "Compare perplexity", {"status": "Stuck"})


def _add_links(control: Control, items: list[Item]) -> None:
    """Finish to start, start to start with a lag, and a circle."""
    first, second, third, fourth, _fifth = items
    started = {"item": third.id, "type": 1, "lag": 2}
    control.change(first, {"depends": {"links": [{"item": second.id}, started]}})
    control.change(third, {"depends": {"item_ids": [fourth.id]}})
    control.change(fourth, {"depends": {"item_ids": [third.id]}})
