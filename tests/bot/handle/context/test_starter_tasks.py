"""No starter task of a template reports an incident, whoever copies it."""

from collections.abc import Iterator
from functools import cache

import pytest

from clickup_mlops import content
from clickup_mlops.bot.handle.context.authorship import Authorship
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.provisioning.template import load
from clickup_mlops.features.provisioning.template.model import List
from clickup_mlops.features.provisioning.template.model import Task as StarterTask
from clickup_mlops.routing.classifier import classify
from clickup_mlops.routing.decision import URGENT
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store

FOLDER = content.find_folder("templates")
NOW_MS = 1_800_000_000_000
classifier = cache(classify.load)


def starters(lists: Iterator[List]) -> Iterator[StarterTask]:
    for task_list in lists:
        todo = [*task_list.task]
        while todo:
            task = todo.pop()
            todo += task.subtask
            yield task


def all_of(name: str) -> list[StarterTask]:
    parameters = load.headline(FOLDER, name).parameters
    values = {key: "x" for key, parameter in parameters.items() if parameter.default is None}
    space = load.load(FOLDER, name, values).space
    folders = (task_list for folder in space.folder for task_list in folder.list)
    return [*starters(iter(space.list)), *starters(folders)]


def copied(task: StarterTask) -> Task:
    """As a person creates it from a template of ClickUp, just now."""
    fields = [
        {"id": name, "name": name, "type": "short_text", "value": value}
        for name, value in task.fields.items()
    ]
    return Task(
        {
            "id": "t1",
            "name": task.name,
            "text_content": task.description.replace("**", ""),
            "tags": [{"name": tag} for tag in task.tags],
            "custom_fields": fields,
            "date_created": str(NOW_MS),
            "creator": {"id": 8},
            "status": {"status": "to do", "type": "open"},
        }
    )


@pytest.mark.parametrize("name", load.names(FOLDER))
def test_a_starter_task_is_neither_incident_nor_breach_nor_urgent(store: Store, name: str) -> None:
    """Its text describes what people do, and its fields hold objectives."""
    router = Router(Policy(), classifier(), None, Authorship(store))
    tasks = all_of(name)
    assert tasks
    for task in tasks:
        decision = router.route(copied(task), Context(), NOW_MS)
        assert decision.tier not in ("incident", "breach"), (task.name, decision.reasons)
        assert decision.incident_by == "", (task.name, decision.reasons)
        assert decision.priority != URGENT, (task.name, decision.reasons)


def test_some_sound_like_one() -> None:
    """Else the test above would prove nothing."""
    alike = [
        task.name
        for name in load.names(FOLDER)
        for task in all_of(name)
        if Router(Policy(), classifier()).route(copied(task), Context(), NOW_MS).incident
    ]
    assert any(name.startswith("Game day") for name in alike)
