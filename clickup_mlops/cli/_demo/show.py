"""The order of the evening: the board as it is, the team at work, what has changed."""

from collections.abc import Mapping

from clickup_mlops.cli._demo.play import Board, board, play, take_in
from clickup_mlops.cli._demo.screen import Result, Row, Screen
from clickup_mlops.cli._demo.script import SCRIPT
from clickup_mlops.cli._demo.stage import Stage
from clickup_mlops.routing.decision import WORKLOADS, Decision


def perform(stage: Stage, screen: Screen, *, pause_s: float) -> Result:
    """Play everything; returns what was seen."""
    screen.say(f"A local ClickUp runs at {stage.clickup.url}, and the bot beside it.")
    before = board(stage)
    count = take_in(stage)
    screen.say(f"The bot has looked at the {count} tasks on the board. Now the team goes to work:")
    reactions = []
    for reaction in play(stage, SCRIPT, pause_s):
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
    rows = [_row(stage, task_id, before.get(task_id), now) for task_id, now in after.items()]
    return tuple(sorted(rows, key=_order))


def _row(stage: Stage, task_id: str, before: int | None, after: int | None) -> Row:
    latest = stage.bot.store.decisions.latest(task_id)
    decision = Decision.from_dict(latest.body) if latest else None
    return Row(
        name=stage.clickup.control.find(task_id).name,
        workload=decision.workload if decision else "",
        before=before,
        after=after,
        rule=decision.rule if decision else "",
    )


def _order(row: Row) -> tuple[int, int, str]:
    known = [*WORKLOADS, ""]
    return row.after or 5, known.index(row.workload), row.name


def _calls(stage: Stage) -> Mapping[str, int]:
    """What the bot has called, by method and route, most used first."""
    told = stage.clickup.control.stats.to_dict()["calls"]
    counted = {f"{one['method']} {one['route']}": one["count"] for one in told}
    return dict(sorted(counted.items(), key=lambda item: -item[1]))
