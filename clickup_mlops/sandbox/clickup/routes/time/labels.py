"""Labels on time entries, which the API calls tags."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.model import Json
from clickup_mlops.sandbox.clickup.state.time import entries, labels
from clickup_mlops.sandbox.clickup.state.time.entries import TimeEntry
from clickup_mlops.sandbox.clickup.state.values import listed, records, text
from clickup_mlops.sandbox.clickup.wire import time_entries as wire

ROUTES = Blueprint("time_labels", __name__)

_LABELS = "/api/v2/team/<team_id>/time_entries/tags"


@ROUTES.get(_LABELS)
def of_team(team_id: str) -> Response:
    """Every label of the Workspace."""
    return answer({"data": [wire.label(one) for one in labels.of_team(world(), team_id)]})


@ROUTES.post(_LABELS)
def add(team_id: str) -> Response:
    """Put labels on entries."""
    asked = body()
    found = _entries(team_id, asked)
    names = labels.know(world(), actor(), team_id, records(asked, "tags"))
    entries.relabel(world(), actor(), found, names, ())
    return answer({})


@ROUTES.delete(_LABELS)
def remove(team_id: str) -> Response:
    """Take labels off entries; the Workspace keeps them."""
    asked = body()
    names = [str(one.get("name")) for one in records(asked, "tags")]
    entries.relabel(world(), actor(), _entries(team_id, asked), (), names)
    return answer({})


@ROUTES.put(_LABELS)
def change(team_id: str) -> Response:
    """Rename or recolour a label, on all its entries."""
    asked = body()
    found = labels.get(world(), team_id, text(asked, "name", ""))
    old, new = found.name, labels.change(world(), found, asked)
    for one in world().table(TimeEntry):
        if old in one.labels:
            one.labels = list(dict.fromkeys(new if name == old else name for name in one.labels))
            world().table(TimeEntry).put(one)
    return answer({})


def _entries(team_id: str, asked: Json) -> list[TimeEntry]:
    ids = [str(one) for one in listed(asked, "time_entry_ids")]
    return [entries.get(world(), actor(), team_id, one) for one in ids]
