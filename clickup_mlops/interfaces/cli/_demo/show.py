"""The demonstration: the board as it is, the team at work, what has changed."""

from collections import Counter

from clickup_mlops.interfaces.cli._demo.play import Board, board, evaluate_all, play
from clickup_mlops.interfaces.cli._demo.screen import Result, Row, Screen
from clickup_mlops.interfaces.cli._demo.script import script
from clickup_mlops.ports.demo.environment import Environment
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.order import Position, compute_position
from clickup_mlops.spelling import format_count


def perform(demo: Environment, screen: Screen, *, pause_s: float) -> Result:
    """Play everything; what was shown."""
    screen.say(f"A local ClickUp runs at {demo.clickup.url}, the bot beside it.")
    before = board(demo)
    count = evaluate_all(demo)
    screen.say(
        f"The bot has read the board, {format_count(count, 'task')}, and set priorities. "
        "The team goes to work:"
    )
    reactions = []
    for reaction in play(demo, script(demo.bot.now_ms()), pause_s):
        reactions.append(reaction)
        screen.react(reaction)
    return Result(
        rows=_rows(demo, before, board(demo)),
        reactions=tuple(reactions),
        calls=_calls(demo),
        page=demo.clickup.url,
    )


def _rows(demo: Environment, before: Board, after: Board) -> tuple[Row, ...]:
    """Every open task, first the one that goes first."""
    rows = [_row(demo, task_id, before, after) for task_id in after]
    return tuple(row for _place, row in sorted(rows, key=lambda placed_row: placed_row[0]))


def _row(
    demo: Environment, task_id: str, before: Board, after: Board
) -> tuple[tuple[bool, Position], Row]:
    """With its place: what is not decided comes last."""
    latest = demo.bot.store.decisions.latest(task_id)
    decision = Decision.from_dict(latest.body) if latest else None
    task = demo.clickup.control.find(task_id)
    row = Row(
        name=task.name,
        workload=decision.workload if decision else "",
        before=before.get(task_id),
        after=after[task_id],
        decided_by=decision.decided_by if decision else "",
        is_new=task_id not in before,
    )
    return (decision is None, _place(decision, row, task.date_created, task_id)), row


def _place(decision: Decision | None, row: Row, created_ms: int, task_id: str) -> Position:
    if decision is None:
        return 0, 0, created_ms, task_id
    return compute_position(decision, row.after, created_ms, task_id)


def _calls(demo: Environment) -> dict[str, int]:
    """How many calls the bot has made, for what."""
    counts = Counter[str]()
    for call in demo.clickup.control.stats.to_dict()["calls"]:
        counts[_purpose(call["method"], call["route"])] += call["count"]
    return dict(counts.most_common())


def _purpose(method: str, route: str) -> str:
    if method == "PUT" and "/task/" in route:
        return "priorities written"
    if method == "GET" and "/task/" in route:
        return "single tasks read"
    if method == "GET" and route.endswith("/task"):
        return "pages of tasks read"
    return "for the webhook and the user"
