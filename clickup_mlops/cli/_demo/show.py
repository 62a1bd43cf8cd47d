"""The order of the evening: the board as it is, the team at work, what has changed."""

from collections import Counter

from clickup_mlops.cli._demo.play import Board, board, play, take_in
from clickup_mlops.cli._demo.screen import Result, Row, Screen
from clickup_mlops.cli._demo.script import script
from clickup_mlops.cli._demo.stage import Stage
from clickup_mlops.routing.decision import WORKLOADS, Decision


def perform(stage: Stage, screen: Screen, *, pause_s: float) -> Result:
    """Play everything; returns what was seen."""
    screen.say(f"A local ClickUp runs at {stage.clickup.url}, the bot beside it.")
    before = board(stage)
    count = take_in(stage)
    screen.say(
        f"The bot has read the board, {count} tasks, and set priorities. The team goes to work:"
    )
    reactions = []
    for reaction in play(stage, script(stage.bot.now_ms()), pause_s):
        reactions.append(reaction)
        screen.react(reaction)
    return Result(
        rows=_rows(stage, before, board(stage)),
        reactions=tuple(reactions),
        calls=_calls(stage),
        page=stage.clickup.url,
    )


def _rows(stage: Stage, before: Board, after: Board) -> tuple[Row, ...]:
    """Every open task, first the one that goes first."""
    rows = [_row(stage, task_id, before, after) for task_id in after]
    return tuple(sorted(rows, key=_order))


def _row(stage: Stage, task_id: str, before: Board, after: Board) -> Row:
    latest = stage.bot.store.decisions.latest(task_id)
    decision = Decision.from_dict(latest.body) if latest else None
    return Row(
        name=stage.clickup.control.find(task_id).name,
        workload=decision.workload if decision else "",
        before=before.get(task_id),
        after=after[task_id],
        decided_by=decision.decided_by if decision else "",
        is_new=task_id not in before,
    )


def _order(row: Row) -> tuple[int, int, str]:
    known = [*WORKLOADS, ""]
    return row.after or 5, known.index(row.workload), row.name


def _calls(stage: Stage) -> dict[str, int]:
    """How many calls the bot has made, for what."""
    told = Counter[str]()
    for call in stage.clickup.control.stats.to_dict()["calls"]:
        told[_purpose(call["method"], call["route"])] += call["count"]
    return dict(told.most_common())


def _purpose(method: str, route: str) -> str:
    if method == "PUT" and "/task/" in route:
        return "priorities written"
    if method == "GET" and "/task/" in route:
        return "single tasks read"
    if method == "GET" and route.endswith("/task"):
        return "pages of tasks read"
    return "for the webhook and the user"
