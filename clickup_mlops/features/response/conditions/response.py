"""What automations may read of a task's response objective: `response.…`."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from clickup_mlops.automations.conditions.moments import moment
from clickup_mlops.automations.conditions.working_hours import WorkingHours, parse_hours
from clickup_mlops.automations.model import Situation
from clickup_mlops.automations.vocabulary import ExampleView, Variable, Vocabulary
from clickup_mlops.features.response.settings import ResponseSettings
from clickup_mlops.routing.decision import format_priority

T = TypeVar("T")
EVER: Final = parse_hours("MON-SUN 00:00-24:00")
"""The working hours of who has an incident."""


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """The task got this status at `at_ms` (Unix ms)."""

    at_ms: int
    status: str


@dataclass(frozen=True, slots=True)
class ResponseView:
    """The statuses of a task that nobody has answered, and what counts."""

    moves: tuple[Move, ...]
    settings: ResponseSettings


class ExampleResponse(ExampleView):
    """Nobody has answered the task of an example, with the default settings of `[response]`."""

    status: str = ""
    """Its status all the time; empty: one in which it waits for the team."""

    def view(self, task_id: str, now_ms: int) -> ResponseView:
        """It has had this status since 1970."""
        return ResponseView((Move(0, self.status),), ResponseSettings())


def count_elapsed(
    start_ms: int,
    end_ms: int,
    moves: Iterable[Move],
    hours: WorkingHours,
    waiting: Collection[str],
) -> timedelta:
    """The working time between the two, without the statuses that wait for the reporter (in lower
    case). `moves`: in any order; before the first one the task waits for the team.
    """
    elapsed, begin_ms, status = timedelta(0), start_ms, ""
    for move in [*sorted(moves), Move(end_ms, "")]:
        until_ms = max(begin_ms, min(move.at_ms, end_ms))
        if status.casefold() not in waiting:
            elapsed += hours.between(moment(begin_ms), moment(until_ms))
        begin_ms, status = until_ms, move.status
    return elapsed


def _find_objective(situation: Situation, view: ResponseView) -> timedelta:
    priority = format_priority(situation.task.priority).lower()
    return view.settings.objective(situation.route().workload, priority)


def _count_elapsed(situation: Situation, view: ResponseView) -> timedelta:
    # The timeline has a change of status only when the events are handled that are evaluated now.
    since_ms, status = situation.lookups.status_since_ms(), situation.task.status.name
    moves = [*view.moves, *([Move(since_ms, status)] if since_ms else [])]
    is_live = situation.route().tier == "incident"
    return count_elapsed(
        situation.task.created_ms,
        situation.now_ms,
        moves,
        EVER if is_live else parse_hours(view.settings.hours),
        () if is_live else {name.casefold() for name in view.settings.waiting},
    )


def _count_used(situation: Situation, view: ResponseView) -> float:
    objective = _find_objective(situation, view)
    return _count_elapsed(situation, view) / objective if objective else 0.0


def _reader(read: Callable[[Situation, ResponseView], T], default: T) -> Callable[[Situation], T]:
    """`default`: no reporter waits. The bot and importers wait for nothing."""

    def read_value(situation: Situation) -> T:
        view = situation.lookups.view(ResponseView)
        is_tool = situation.lookups.is_importer(situation.task.creator)
        return default if view is None or is_tool else read(situation, view)

    return read_value


VOCABULARY: Final = Vocabulary(
    variables=(
        Variable(
            "response.elapsed",
            "duration",
            "working time that the reporter has waited for the first response (`[response]`), "
            "without statuses that wait for the reporter; of a live incident all time; 0 once "
            "there is one, or if the bot has not seen how the task was created",
            _reader(_count_elapsed, timedelta(0)),
        ),
        Variable(
            "response.objective",
            "duration",
            "how soon it should come (`response.objectives`); 0: no objective fits, or nobody "
            "waits",
            _reader(_find_objective, timedelta(0)),
        ),
        Variable(
            "response.used",
            "double",
            "the share of the objective that has elapsed: 1 is missed; 0 as above",
            _reader(_count_used, 0.0),
        ),
    ),
    example=ExampleResponse,
)
