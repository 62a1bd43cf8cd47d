"""Services: finished tasks that stand for something that serves, such as a release in `live`. Pure.

The work on such a task is done, but its objectives hold: a breach is work again. Whoever asks
whether a task is open asks here, so that nothing overlooks a service.
"""

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.objectives import parse_measure
from clickup_mlops.routing.policy import Policy

_DONE = "done"
"""The type of status in which a task may serve; a task that is closed is closed."""


def serves(task: Task, policy: Policy) -> bool:
    """Whether the task is finished and its service runs: see `routing.service`."""
    if task.status.kind != _DONE:
        return False
    if policy.service.field and task.field(policy.service.field) is True:
        return True
    return policy.service.names(task.status.name) and has_objective(task, policy)


def has_objective(task: Task, policy: Policy) -> bool:
    """Whether an objective is set on the task."""
    return any(parse_measure(slo.objective, task.field(slo.objective)) for slo in policy.slos)
