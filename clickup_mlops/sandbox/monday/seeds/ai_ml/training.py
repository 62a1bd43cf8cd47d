"""The board of training runs: the rarer column types, and the ones that the API cannot show."""

from typing import Any

from clickup_mlops.sandbox.monday.control import Control
from clickup_mlops.sandbox.monday.seeds.ai_ml.people import People
from clickup_mlops.sandbox.monday.state.model import Board
from clickup_mlops.sandbox.monday.state.structure import build_status_settings

COLUMNS = (
    ("status", "Run status", "status"),
    ("owner", "Owner", "person"),
    ("squad", "Squad", "team"),
    ("span", "Run window", "timeline"),
    ("week", "Review week", "week"),
    ("start_hour", "Nightly start", "hour"),
    ("zone", "Cluster time zone", "world_clock"),
    ("country", "Data residency", "country"),
    ("site", "Data centre", "location"),
    ("phone", "Site phone", "phone"),
    ("mail", "Alerts to", "email"),
    ("color", "Chart colour", "color_picker"),
    ("gpu_hours", "GPU hours", "numbers"),
    ("auto", "Run no.", "auto_number"),
    ("issue", "Issue", "integration"),
    ("card", "Model card", "doc"),
    ("notes", "Lab notes", "direct_doc"),
    ("part", "Part of board", "group"),
    ("assignees", "Assignees", "item_assignees"),
    ("experiment", "Experiment tracker", "unsupported"),
)


def plant(control: Control, people: People) -> Board:
    """The board, with runs in two groups."""
    board = control.add_board(
        "Training runs",
        empty=True,
        groups=("Running", "Finished"),
        workspace=people.platform,
        description="Every fine-tune and pre-train, one item each.",
        item_noun="run",
    )
    for column_id, title, kind in COLUMNS:
        control.add_column(board, title, kind, column_id=column_id, settings=_settings(kind))
    card = control.add_doc(
        "Model card: llama-70b-support", ("Intended use: support answers.", "Evaluated weekly.")
    )
    control.add_item(
        board, "Fine-tune llama-70b on support chats", _full_values(people, card.object_id)
    )
    control.add_item(
        board,
        "Distil the reranker",
        {"status": "Done", "gpu_hours": "120.25", "color": {"color": {"r": 12, "g": 80, "b": 9}}},
        group="Finished",
    )
    milestone = {"from": "2026-09-01", "to": "2026-09-01", "visualization_type": "milestone"}
    control.add_item(board, "Data freeze", {"span": milestone}, group="Finished")
    return board


def _settings(kind: str) -> dict[str, Any] | None:
    if kind == "status":
        return build_status_settings("Queued", "Training", "Done", "Diverged", done_names=("Done",))
    if kind == "numbers":
        return {"unit": {"symbol": "custom", "custom_unit": "h", "direction": "right"}}
    return None


def _full_values(people: People, doc_object_id: int) -> dict[str, Any]:
    doc = {"files": [{"fileType": "MONDAY_DOC", "objectId": doc_object_id, "name": "Model card"}]}
    return {
        "status": "Training",
        "owner": people.persons(people.bea),
        "squad": people.team.id,
        "span": {"from": "2026-11-02", "to": "2026-12-04"},
        "week": {"week": {"startDate": "2026-11-30", "endDate": "2026-12-06"}},
        "start_hour": {"hour": 22, "minute": 30},
        "zone": {"timezone": "Europe/Oslo"},
        "country": {"countryCode": "NO", "countryName": "Norway"},
        "site": {"lat": "60.39", "lng": "5.32", "address": "Bergen, Norway", "city": "Bergen"},
        "phone": {"phone": "+4755550000", "countryShortName": "NO"},
        "mail": {"email": "gpu-alerts@inference-lab.example", "text": "GPU alerts"},
        "color": {"color": {"hex": "#FF5733"}},
        "gpu_hours": "1536",
        "issue": {
            "entity_id": "10021",
            "issue_id": "ML-421",
            "issue_api_url": "https://issues.inference-lab.example/ML-421",
        },
        "card": doc,
        "notes": doc,
    }
