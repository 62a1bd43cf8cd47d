"""Policy and classifier behind one call."""

from typing import Protocol

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decide import decide
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.facts import Context, Facts
from clickup_mlops.routing.inputs import Classified
from clickup_mlops.routing.policy import Policy


class Classifier(Protocol):
    """Classifies the workload of a task by its text."""

    def classify(self, title: str, body: str) -> Classified:
        """The result for one text."""


class Router:
    """Routes tasks by one policy. Holds no state, so threads may share it."""

    def __init__(self, policy: Policy, classifier: Classifier | None = None) -> None:
        self.policy = policy
        self.classifier = classifier

    def route(self, task: Task, context: Context, now_ms: int) -> Decision:
        """The priority of this task now, and why. Reads nothing but its arguments."""
        facts = Facts.of(task, self.policy.field_names)
        classified = self.classifier.classify(task.name, task.text) if self.classifier else None
        return decide(facts, classified, self.policy, context, now_ms)
