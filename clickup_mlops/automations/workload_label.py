"""Labels a task with its workload: in its workload field, else by a tag. Pure."""

from collections.abc import Iterator

from clickup_mlops.automations import field_values
from clickup_mlops.automations.model import Change, Unanswered
from clickup_mlops.clickup.model import FieldValue, Task
from clickup_mlops.routing.decision import Workload
from clickup_mlops.routing.policy import Policy

_OPTIONS = ("drop_down", "labels")


def changes(task: Task, workload: Workload, policy: Policy) -> Iterator[Change]:
    """What makes routing read this workload from the task; nothing if it does already."""
    field = _field(task, policy)
    label = field and _label(field, workload, policy)
    if field is None or label is None:
        yield from _tags(task, workload, policy)
        return
    value = [label] if field.type == "labels" else label
    before, after = field_values.of(field), field_values.encode_desired(field.definition, value)
    if before != after:
        text = f"{field.name}: {label}"
        yield Change(f"field:{field.id}", before, after, text, {"workload": workload})


def kinds(task: Task, policy: Policy) -> set[str]:
    """The kinds of change by which anybody says its workload."""
    field = _field(task, policy)
    tags = {f"tag:{name}" for name in policy.workload_names}
    return tags if field is None else tags | {f"field:{field.id}"}


def _field(task: Task, policy: Policy) -> FieldValue | None:
    try:
        return field_values.find(task, policy.workload_field)
    except Unanswered:
        return None


def _label(field: FieldValue, workload: Workload, policy: Policy) -> str | None:
    """The option that stands for the workload; any text where the field has no options."""
    if field.type not in _OPTIONS:
        return workload if field.type in ("short_text", "text") else None
    named = [
        str(option.get("name") or option.get("label")) for option in field.type_config["options"]
    ]
    workloads = policy.workload_names
    return next(
        (name for name in named if workloads.get(name.strip().casefold()) == workload), None
    )


def _tags(task: Task, workload: Workload, policy: Policy) -> Iterator[Change]:
    """The workload's own tag, and no tag of another workload."""
    for tag in task.tags:
        if policy.workload_names.get(tag.casefold()) not in (None, workload):
            yield Change(f"tag:{tag}", True, False, f"- tag {tag}", {"tag": tag})
    if not any(policy.workload_names.get(tag.casefold()) == workload for tag in task.tags):
        yield Change(f"tag:{workload}", False, True, f"+ tag {workload}", {"tag": workload})
