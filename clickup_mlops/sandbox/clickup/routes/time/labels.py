"""Labels on time entries, which the API calls tags."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.model import JsonTable
from clickup_mlops.sandbox.clickup.state.time import entries, labels
from clickup_mlops.sandbox.clickup.state.time.entries import TimeEntry
from clickup_mlops.sandbox.clickup.state.values import read_list, read_records, read_text
from clickup_mlops.sandbox.clickup.wire import time_entries as wire

ROUTES = Blueprint("time_labels", __name__)

_LABELS = "/api/v2/team/<team_id>/time_entries/tags"


@ROUTES.get(_LABELS)
def list_labels(team_id: str) -> Response:
    """Every label of the Workspace."""
    return answer(
        {"data": [wire.format_label(label) for label in labels.list_labels(get_world(), team_id)]}
    )


@ROUTES.post(_LABELS)
def add(team_id: str) -> Response:
    """Put labels on entries."""
    values = read_body()
    tagged = _find_entries(team_id, values)
    names = labels.ensure_labels(get_world(), get_actor(), team_id, read_records(values, "tags"))
    entries.change_labels(get_world(), get_actor(), tagged, names, ())
    return answer({})


@ROUTES.delete(_LABELS)
def remove(team_id: str) -> Response:
    """Take labels off entries; the Workspace keeps them."""
    values = read_body()
    names = [str(label.get("name")) for label in read_records(values, "tags")]
    entries.change_labels(get_world(), get_actor(), _find_entries(team_id, values), (), names)
    return answer({})


@ROUTES.put(_LABELS)
def change(team_id: str) -> Response:
    """Rename or recolour a label, on all its entries."""
    values = read_body()
    label = labels.get(get_world(), team_id, read_text(values, "name", ""))
    old, new = label.name, labels.change(get_world(), label, values)
    for entry in get_world().table(TimeEntry):
        if old in entry.labels:
            entry.labels = list(
                dict.fromkeys(new if name == old else name for name in entry.labels)
            )
            get_world().table(TimeEntry).put(entry)
    return answer({})


def _find_entries(team_id: str, values: JsonTable) -> list[TimeEntry]:
    ids = [str(entry_id) for entry_id in read_list(values, "time_entry_ids")]
    return [entries.get(get_world(), get_actor(), team_id, entry_id) for entry_id in ids]
