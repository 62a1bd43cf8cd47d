"""An incident that may be the same outage as a live one."""

from clickup_mlops.features.incidents.questions import join
from tests.features.incidents.test_table import build_incident


def test_an_incident_that_names_nobody_to_assign_takes_who_the_task_that_joins_has() -> None:
    """An older version stored it; what is set, be it to nobody, stays."""
    incident, desired = build_incident("a", 1), build_incident("b", 2).with_details(on_call="Ana")
    unassigned = incident.with_details(on_call="")

    assert join(incident, desired, until_ms=0).details["on_call"] == "Ana"
    assert join(unassigned, desired, until_ms=0).details["on_call"] == ""
