"""From a task as ClickUp sends it to a decision."""

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.corroboration import Corroboration
from clickup_mlops.routing.facts import Context, Facts
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from tests.routing.support import NOW_MS, Read

RAW = {
    "id": "86d3f01jq",
    "name": "p99 of the ranker is too high",
    "text_content": "since the last rollout",
    "list": {"id": "901", "name": "Serving"},
    "status": {"status": "in progress", "type": "custom"},
    "priority": {"id": "3", "priority": "normal"},
    "tags": [{"name": "gpu"}],
    "date_created": str(NOW_MS),
    "due_date": None,
    "custom_fields": [
        {
            "id": "f1",
            "name": "workload",
            "type": "drop_down",
            "type_config": {"options": [{"id": "o1", "name": "Training", "orderindex": 0}]},
            "value": 0,
        },
        {"id": "f2", "name": "P99 latency ms", "type": "number", "value": "812"},
        {"id": "f3", "name": "SLO latency ms", "type": "number", "value": 500},
        {"id": "f4", "name": "Notes", "type": "text", "value": "not read"},
    ],
}


class Classifier:
    """Remembers what it was asked to read."""

    def __init__(self, incident_confidence: float = 0.02) -> None:
        self.incident_confidence = incident_confidence
        self.asked: list[tuple[str, str]] = []

    def classify(self, title: str, body: str) -> Read:
        self.asked.append((title, body))
        return Read(incident_confidence=self.incident_confidence)


def test_facts_hold_only_the_fields_that_the_policy_names() -> None:
    """In any case of their names, and read as Python values."""
    facts = Facts.of(Task.parse(RAW), Policy().field_names)

    assert facts.fields == {
        "workload": "Training",
        "p99 latency ms": 812.0,
        "slo latency ms": 500.0,
    }
    assert (facts.list_name, facts.tags, facts.priority, facts.is_open) == (
        "Serving",
        ("gpu",),
        3,
        True,
    )


def test_a_task_is_routed_by_its_fields_and_its_text() -> None:
    """The classifier reads title and description; an explicit field still wins."""
    classifier = Classifier()
    decision = Router(Policy(), classifier).route(Task.parse(RAW), Context(), NOW_MS)

    assert classifier.asked == [("p99 of the ranker is too high", "since the last rollout")]
    assert (decision.workload, decision.tier, decision.priority) == ("training", "breach", 2)


def test_witnesses_are_asked_only_about_an_open_question() -> None:
    """A clear report needs none, and a text that reports nothing has none."""

    class Witness:
        def __init__(self) -> None:
            self.asked = 0

        def of(self, task: Task, now_ms: int) -> list[Corroboration]:
            self.asked += 1
            return [Corroboration("an alert fires about it", 30.0)]

    plain = Task.parse(RAW | {"custom_fields": []})
    asked_by_confidence = {}
    for confidence in (0.01, 0.3, 0.9):
        witness, classifier = Witness(), Classifier(confidence)
        decision = Router(Policy(), classifier, witnesses=[witness]).route(plain, Context(), NOW_MS)
        asked_by_confidence[confidence] = (witness.asked, decision.incident)

    assert asked_by_confidence == {0.01: (0, False), 0.3: (1, True), 0.9: (0, True)}


def test_routing_works_without_a_classifier() -> None:
    """Then fields, tags and Lists decide, or the setting for unclear tasks."""
    bare = Task.parse(RAW | {"custom_fields": []})

    assert Router(Policy()).route(bare, Context(), NOW_MS).source == "default"
