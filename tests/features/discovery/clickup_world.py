"""A world as ClickUp and the bot's timeline have it: tasks with their times in status, and entries
of what the bot was told while it ran beside.
"""

from collections.abc import Iterator
from itertools import pairwise

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup.state.model import Task, User
from clickup_mlops.store import Store
from clickup_mlops.store.tables.timeline import Entry
from tests.features.discovery.worlds import (
    BACKLOG,
    DONE,
    NOW,
    PROGRESS,
    TESTS,
    WAITING,
    Story,
    World,
)

KINDS = {BACKLOG: "open", PROGRESS: "custom", WAITING: "custom", TESTS: "custom", DONE: "closed"}
STATUSES = [{"status": name, "type": kind, "color": "#87909e"} for name, kind in KINDS.items()]
AT_ONCE = 2_000


def fill(world: World, sandbox: Sandbox, store: Store, workspace: str) -> None:
    """Both."""
    ids = write_tasks(world, sandbox)
    entries = (entry for story in world.stories for entry in remember(story, ids, workspace))
    for batch in batches(entries):
        store.timeline.put(batch)


def write_tasks(world: World, sandbox: Sandbox) -> dict[str, str]:
    """Straight into the sandbox's state; ids of tasks by those of the stories."""
    control = sandbox.control
    control.clock.freeze(NOW)
    space_id = control.world.lists[control.list_id("Tasks")].space_id
    lists = {}
    with ClickUp(sandbox.token, base_url=sandbox.url) as clickup:
        for place in sorted({story.place for story in world.stories}):
            lists[place] = clickup.lists.create(name=place, space_id=space_id).id
            control.set_statuses(lists[place], STATUSES)
    people = sorted({story.reporter for story in world.stories})
    numbers = {name: 900_000_000 + number for number, name in enumerate(people)}
    template = next(iter(control.world.users))
    with control.world.change():
        for name, number in numbers.items():
            control.world.users.put(as_user(template, name, number))
    ids = {}
    for place, list_id in lists.items():
        stories = [story for story in world.stories if story.place == place]
        bodies = [{"name": story.title, "description": ""} for story in stories]
        for story, task_id in zip(stories, control.add_tasks(list_id, bodies), strict=True):
            ids[story.id] = task_id
            live(control.world.tasks[task_id], story, numbers)
    return ids


def as_user(template: User, name: str, number: int) -> User:
    from dataclasses import replace

    return replace(template, id=number, username=name, email=f"{name}@corp.test", role=3)


def live(task: Task, story: Story, numbers: dict[str, int]) -> None:
    """Give it the past of its story."""
    first = task.status_log[0]
    task.creator_id = numbers[story.reporter]
    task.date_created, task.date_updated = story.moves[0][0], story.moves[-1][0]
    task.status = story.stage
    task.date_closed = story.moves[-1][0] if story.stage == DONE else None
    log = [
        {**first, "status": stage, "type": KINDS[stage], "since": at} for at, stage in story.moves
    ]
    for stay, following in pairwise(log):
        stay["until"] = following["since"]
    task.status_log = log


def remember(story: Story, ids: dict[str, str], workspace: str) -> Iterator[Entry]:
    """What the bot would have kept."""
    task_id = ids[story.id]
    hands = [*story.hands]
    for number, (at, stage) in enumerate(story.moves):
        value = {"to": stage, "type": KINDS[stage]}
        kind = "status" if number else "created"
        actor = [person for since, person in hands if since <= at] or [hands[0][1]]
        yield Entry(
            f"{task_id}:{number}", workspace, task_id, at, kind, stage, actor[-1], "", value
        )
    for number, message in enumerate(story.said):
        key = f"{task_id}:said:{number}"
        yield Entry(key, workspace, task_id, message.at, "comment", message.text, message.who)
    if story.released:
        value = {"state": "succeeded"}
        key = f"{task_id}:deployed"
        yield Entry(key, workspace, task_id, story.released, "deployment", "v1", "argo", "", value)


def batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    yield batch
