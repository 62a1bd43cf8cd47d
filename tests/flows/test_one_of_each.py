"""Automations that share a comment, a message or a checklist, and want it because of the same
events: it is made once, and shows what all of them wanted.
"""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import LIST, Team
from tests.flows.test_dependents import survive_every_step
from tests.flows.test_incidents import comments, messages

STEPS = {
    "comment": '{{ action = "comment", about = "incident", text = "By {name}" }}',
    "message": '{{ action = "post_chat", channel = "outages", about = "incident", mode = "update", '
    'text = "By {name}" }}',
    "room": '{{ action = "post_room", text = "By {name}" }}',
    "checklist": '{{ action = "checklist", name = "Steps", items = ["By {name}"] }}',
}
NAMES = ("ana", "bo")
SHOWN = {"checklist": "By ana By bo"}
OPENS = """
on = ["taskTagUpdated"]
when = '"incident" in task.tags'
do = [{ action = "open_incident", room = "room" }]
"""


def follow(team: Team, folder: Path, step: str) -> None:
    """Automations that each do this step for a tag on a task with an incident."""
    texts = {
        name: 'on = ["taskTagUpdated"]\nwhen = \'"hot" in task.tags\'\n'
        f"do = [{STEPS[step].format(name=name)}]"
        for name in NAMES
    }
    team.use(folder, opens=OPENS, **texts)


def heat(team: Team) -> str:
    """A task with a live incident that has just got the tag."""
    task = team.member.create_task(LIST, "Ranker")
    team.member.tag(task, "incident")
    team.settle()
    team.member.tag(task, "hot")
    return task


def texts(team: Team, task: str, step: str) -> list[str]:
    """The first line of each comment or message, or the items of each checklist."""
    if step == "checklist":
        lists: list[dict[str, Any]] = team.control.task(task)["checklists"]
        return [" ".join(item["name"] for item in checklist["items"]) for checklist in lists]
    room = {"message": "outages", "room": "room"}.get(step)
    all_of_them = messages(team, room) if room else comments(team, task)
    return [text.splitlines()[0] for text in all_of_them]


@pytest.mark.parametrize("step", STEPS)
def test_what_automations_share_is_made_once_for_one_event(
    team: Team, tmp_path: Path, step: str
) -> None:
    """The last one has the last word; of a checklist each item stays."""
    follow(team, tmp_path, step)
    task = heat(team)
    team.settle()

    assert texts(team, task, step) == [SHOWN.get(step, "By bo")]


@pytest.mark.parametrize("is_twice", [False, True], ids=["once", "twice"])
@pytest.mark.parametrize("step", ["comment", "checklist"])
def test_what_automations_share_is_made_once_wherever_the_bot_dies(
    team: Team, tmp_path: Path, step: str, is_twice: bool
) -> None:
    """The second write goes on from what the first has made, be it after a second crash."""
    follow(team, tmp_path, step)

    def missing_texts(task: str) -> set[str]:
        visible_texts = texts(team, task, step)
        return set() if visible_texts == [SHOWN.get(step, "By bo")] else {str(visible_texts)}

    def is_made(task: str) -> bool:
        posted = any(comment.on_id == task for comment in team.control.world.comments)
        return posted or bool(team.control.task(task)["checklists"])

    is_cut_off = is_made if is_twice else None
    begin = partial(heat, team)
    assert survive_every_step(team, begin, missing_texts, is_cut_off=is_cut_off) > 5
