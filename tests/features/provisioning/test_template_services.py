"""The statuses of shipped templates in which a task serves: known without any setting."""

from collections.abc import Iterator

import pytest

from clickup_mlops import content
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.provisioning.template import load
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.service import serves

FOLDER = content.find_folder("templates")
SERVING = {
    ("batch_inference", "published"),
    ("data_pipeline", "healthy"),
    ("feature_store", "online"),
    ("llm_serving", "live"),
    ("rag_agents", "live"),
    ("realtime_inference", "live"),
}
OBJECTIVE = "SLO latency ms"


def finished() -> Iterator[tuple[str, str, str]]:
    """Template, name and type of every finished status. Post-mortems never have an objective."""
    for name in load.names(FOLDER):
        for folder in load.load(FOLDER, name).space.folder:
            for place in folder.list:
                kinds = (status for status in place.status if status.type in ("done", "closed"))
                yield from ((name, kind.name, kind.type) for kind in kinds if name != "postmortems")


def task(status: str, kind: str) -> Task:
    field = {"id": "f", "name": OBJECTIVE, "type": "number", "value": "500"}
    state = {"status": status, "type": kind}
    return Task.parse({"id": "t", "name": "t", "status": state, "custom_fields": [field]})


def test_the_statuses_in_which_a_service_runs() -> None:
    """Those, and no others: what is rolled back, over or closed does not serve."""
    result = {
        (name, status) for name, status, kind in finished() if serves(task(status, kind), Policy())
    }
    assert result == SERVING


@pytest.mark.parametrize(("kind", "expected"), [("done", True), ("closed", False), ("open", False)])
def test_only_a_finished_status_makes_a_service(kind: str, expected: bool) -> None:
    """A closed one is closed, and what is open needs no service to be work."""
    assert serves(task("Live", kind), Policy()) is expected


def test_without_an_objective_a_name_makes_no_service() -> None:
    """Many teams call finished features `live`."""
    assert not serves(
        Task.parse({"id": "t", "status": {"status": "live", "type": "done"}}), Policy()
    )
