"""Two policies over one board."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import URGENT
from clickup_mlops.routing.facts import Override
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.routing.what_if import Board, decide_all, find_moves

NOW_MS = 1_767_614_400_000
DAY_MS = 86_400_000


def _task(number: int, *tags: str, **raw: Any) -> Task:
    usual = {
        "id": f"t{number}",
        "name": "Ranker",
        "list": {"id": "9", "name": "Serving"},
        "status": {"status": "to do", "type": "open"},
        "tags": [{"name": tag} for tag in tags],
        "date_created": str(NOW_MS),
    }
    return Task.parse(usual | raw)


def _board(*tasks: Task, **overrides: Override) -> Board:
    return Board(tasks, overrides, NOW_MS)


def _policy(**routing: Any) -> Router:
    return Router(Policy.model_validate(routing))


def test_a_threshold_moves_the_tasks_that_it_is_about() -> None:
    """And no others; both decisions are there to explain it."""
    near = _task(1, "inference", due_date=str(NOW_MS + 2 * DAY_MS))
    far = _task(2, "inference", due_date=str(NOW_MS + 9 * DAY_MS))
    board = _board(near, far)

    changes = list(find_moves(board, _policy(), _policy(urgency={"soon": 3600}), board.tasks))

    assert [(m.task.id, m.before.decided_by, m.after.decided_by) for m in changes] == [
        ("t1", "inference.soon", "inference.normal")
    ]


def test_what_a_person_has_set_stays() -> None:
    """As it does in the bot."""
    board = _board(
        _task(1, "training", priority={"id": "1"}), t1=Override(1, "Ana", NOW_MS - 1, None)
    )

    assert not list(find_moves(board, _policy(), _policy(lists={"*": "data"}), board.tasks))


def test_inference_that_waits_counts_by_the_policy_that_is_tried() -> None:
    """A label that makes the waiting task inference makes its blocker due."""
    blocker = _task(1, "infra", dependencies=[{"task_id": "t2", "depends_on": "t1", "type": 1}])
    board = _board(blocker, _task(2, "serving"))
    assert blocker.blocks == ("t2",)

    changes = list(
        find_moves(board, _policy(), _policy(labels={"serving": "inference"}), [blocker])
    )

    assert [(m.before.tier, m.after.tier) for m in changes] == [("soon", "due")]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 50), st.booleans()), max_size=25),
    st.floats(0, 1),
    st.integers(0, 4),
)
def test_no_list_gets_more_urgent_than_its_share(
    drawn: list[tuple[bool, int, bool]], share: float, minimum: int
) -> None:
    """Live incidents apart; and who is Urgent now keeps its place before others."""
    tasks = [
        _task(
            n,
            "inference",
            *(["incident"] if incident else []),
            date_created=str(NOW_MS - age * DAY_MS),
            priority={"id": "1"} if urgent else None,
            custom_fields=[
                {"id": "a", "name": "Error rate %", "type": "number", "value": 9},
                {"id": "b", "name": "SLO error rate %", "type": "number", "value": 1},
            ],
        )
        for n, (incident, age, urgent) in enumerate(drawn)
    ]
    cap = {"share": share, "minimum": minimum}

    by_task = decide_all(_board(*tasks), _policy(urgent_cap=cap), tasks)

    urgent = [t for t in tasks if by_task[t.id].priority == URGENT]
    incidents = [t for t in urgent if by_task[t.id].incident]
    allowed_count = max(minimum, int(share * max(1, len(tasks))))
    assert len(incidents) == sum(incident for incident, _age, _urgent in drawn)
    assert len(urgent) <= max(allowed_count, len(incidents))
    left_out = [t for t in tasks if by_task[t.id].priority != URGENT and t.priority == URGENT]
    newcomers = [t for t in urgent if t.priority != URGENT and t not in incidents]
    assert not (left_out and newcomers)
