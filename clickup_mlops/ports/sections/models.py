"""Which tasks are about a model or service, and about which one. Pure."""

from collections.abc import Iterable

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.service import has_objective
from clickup_mlops.series.topics import topic


def model_name(task: Task, model_field: str) -> str:
    """The model that a task names, else its own name."""
    value = task.field(model_field)
    return (value.strip() if isinstance(value, str) else "") or task.name.strip() or task.id


def is_model(
    task: Task, measures: Iterable[str], workload: str, policy: Policy, model_field: str
) -> bool:
    """Whether a task with these measures is about a model or service. Ports and GPUs are not, by
    what is measured of them; nor is a finding about the infrastructure (`workload`), unless the
    task names a model or has an objective.
    """
    if all(map(topic, measures)):
        return False
    return workload != "infra" or bool(task.field(model_field)) or has_objective(task, policy)
