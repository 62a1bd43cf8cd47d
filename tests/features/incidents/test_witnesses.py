"""An open incident supports the report of another one in its List, not its own."""

import pytest

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.features.incidents.witnesses import OpenIncidents
from clickup_mlops.store import Store

HOUR = 3_600_000


def build_raw(task: str, workspace: str = "w", **more: object) -> dict[str, object]:
    """A task as ClickUp sends it."""
    return {"id": task, "team_id": workspace, "list": {"id": "1", "name": "Serving"}, **more}


@pytest.mark.parametrize(
    ("report", "hours_later", "is_supported"),
    [
        (build_raw("b"), 1, True),
        (build_raw("b"), 3, False),
        (build_raw("a"), 1, False),
        (build_raw("b", "other"), 1, False),
        (build_raw("b", list={"id": "2", "name": "Search"}), 1, False),
        (build_raw("b", parent="c"), 1, False),
    ],
)
def test_a_recent_incident_of_another_task_of_the_list_supports_a_report(
    store: Store, report: dict[str, object], hours_later: int, is_supported: bool
) -> None:
    """A subtask is a step of work: the canary's "5 % for one hour" reports nothing."""
    store.mirror.put_many("w", [build_raw("a")], 0)
    incident = Incident("a-0", "w", "a", "Chat is down", 0, room="r", key="k", details={})
    store.table(Incidents).enter(incident, 0)

    supports = [*OpenIncidents(store).of(Task.parse(report), hours_later * HOUR)]

    assert [support.text for support in supports] == (
        ['the incident "Chat is down" is open'] if is_supported else []
    )
