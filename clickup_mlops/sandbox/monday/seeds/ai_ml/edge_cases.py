"""A board without a status, a multi-level board, an archived, a private and an empty one."""

from clickup_mlops.sandbox.monday.control import Control
from clickup_mlops.sandbox.monday.seeds.ai_ml.people import People
from clickup_mlops.sandbox.monday.state.model import Board
from clickup_mlops.sandbox.monday.state.structure import build_status_settings


def add_pipeline(control: Control, people: People) -> Board:
    """Data pipeline: no status column, in the main workspace."""
    board = control.add_board("Data pipeline", empty=True, groups=("Ingest", "Ingest", "Publish"))
    control.add_column(board, "Owner", "people", column_id="owner")
    control.add_column(board, "Owner", "people", column_id="reviewer")
    control.add_column(board, "Rows", "numbers", column_id="rows")
    control.add_column(board, "Refresh", "date", column_id="refresh")
    for name in ("Deduplicate web crawl", "Incoming form answer", "Incoming form answer"):
        item = control.add_item(board, name, {"rows": "125000000", "refresh": "2026-12-01"})
        control.change(item, {"owner": people.persons(people.dana)})
    control.add_item(board, "Label the تقييم set, 2nd pass", group="Publish")
    guest = people.persons(people.guest)
    control.add_item(board, "=SUM(A1) is only a name", {"owner": guest}, group="Publish")
    return board


def add_incidents(control: Control, people: People) -> Board:
    """Incidents: three levels on one board, with roll-ups of status and minutes."""
    board = control.add_board(
        "Incidents",
        empty=True,
        groups=("Open", "Closed"),
        workspace=people.platform,
        hierarchy="multi_level",
    )
    severity = build_status_settings("SEV1", "SEV2", "SEV3", done_names=())
    control.add_column(board, "Severity", "status", column_id="severity", settings=severity)
    control.add_column(board, "State", "status", column_id="state", calculated="COUNT_KEYS")
    control.add_column(board, "Minutes", "numbers", column_id="minutes", calculated="SUM")
    control.add_column(board, "On call", "people", column_id="oncall")
    top = control.add_item(board, "Tokens per second fell by half", {"severity": "SEV1"})
    node = control.add_subitem(top, "Node gpu-17 throttles", {"state": "Done", "minutes": "40"})
    control.add_subitem(top, "Postmortem", {"state": "Working on it", "minutes": "55"})
    control.add_subitem(node, "Replace the fan", {"state": "Done", "minutes": "25"})
    control.add_subitem(node, "Drain the node", {"state": "Stuck", "minutes": "5"})
    control.add_item(board, "Stale embeddings", {"severity": "SEV3", "minutes": "12"})
    closed = control.add_item(board, "Certificate expired", {"severity": "SEV2"}, group="Closed")
    control.add_update(closed, "<p>Renewed by hand.</p>", by=people.chen)
    return board


def add_archived_and_private(control: Control, people: People) -> None:
    """An archived board, a private board without items, and a doc."""
    old = control.add_board("Experiments 2023", workspace=people.platform)
    control.add_item(old, "BERT baseline", {"status": "Done"})
    control.set_board(old, state="archived")
    control.add_board("Salaries of the GPU team", kind="private", by=people.ada)
    control.add_doc("Runbook: GPU pool", ("Drain, reboot, verify.", "Page the on-call."))
