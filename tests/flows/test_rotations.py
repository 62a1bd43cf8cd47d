"""Tasks are handed out in turn."""

from pathlib import Path

from tests.flows.conftest import INFERENCE, LIST, Team

IN_TURN = """
on = ["taskCreated", "taskUpdated"]
do = [{ action = "assign", user = "next:Serving" }]
"""


def _assigned(team: Team, task: str) -> list[str]:
    return [assignee["username"] for assignee in team.control.task(task)["assignees"]]


def test_members_of_a_group_get_tasks_in_turn(team: Team, tmp_path: Path) -> None:
    """Each task one of them, whatever happens to it later; a restart goes on with the next."""
    user_ids = [team.control.member(name).id for name in ("Jonas", "Maria")]
    team.bot.client.groups.create(team.sandbox.team_id, "Serving", user_ids)
    team.use(tmp_path, in_turn=IN_TURN)
    tasks = []
    for number in range(4):
        tasks.append(team.member.create_task(LIST, f"{INFERENCE} {number}"))
        team.settle()
        team.member.update(tasks[-1], name=f"Renamed {number}")
        team.settle()
        team.restart()

    assert [len(_assigned(team, task)) for task in tasks] == [1] * 4
    names = [_assigned(team, task)[0] for task in tasks]
    assert names[:2] == names[2:]
    assert set(names) == {"Jonas Weber", "Maria Keller"}
