"""`join_incident`: a task whose fields are filled in later joins the incident that they name."""

from dataclasses import replace

from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.config import Table
from clickup_mlops.features.incidents.actions.open_incident import KIND
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.features.incidents.subject import SUBJECTS, differ, of, subject


class Options(Table):
    """None."""


def plan(situation: Situation, _options: Options) -> Change | None:
    """Nothing unless the task is part of an open incident, and another open one is about the same,
    as `open_incident` compares them. All of the task's incident becomes a part of that, unless
    labels say that both are two outages.
    """
    view = situation.lookups.view(IncidentView)
    if view is None or not view.affects(situation.task.id):
        return None
    current, desired = view.incident, _derive_desired(situation, view.incident)
    if of(desired)["labels"].keys() <= of(current).get("labels", {}).keys():
        return None  # nothing was filled in since it opened
    target = view.find_match(desired)
    if target is None or differ(of(current), of(target)):
        return None
    after = {
        "merge": current.id,
        "incident": target.id,
        "title": target.title,
        "chain": [*situation.chain, (situation.event.key, situation.automation)],
    }
    text = f'join the incident "{current.title:.80}" to "{target.title:.80}"'
    return Change(KIND, None, after, text, {"title": target.title})


def _derive_desired(situation: Situation, current: Incident) -> Incident:
    """What the task would open now, by its fields alone."""
    task = situation.task
    about = subject(task, current.details.get("same", ()), ())
    return replace(current, task_id=task.id).with_details(**{SUBJECTS: {task.id: about}})


ACTION = ActionType(
    "Join the task's incident to the open one that its fields name.", Options, plan, writes=(KIND,)
)
