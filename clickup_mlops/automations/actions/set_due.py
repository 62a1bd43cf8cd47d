"""`set_due`: give the task a due date."""

from datetime import UTC, datetime, timedelta

from pydantic import Field, model_validator

from clickup_mlops.automations.conditions.moments import moment
from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.config import Table


class Options(Table):
    """When. One of `at` and `in`."""

    at: datetime | None = None
    """A date and time; UTC unless it has an offset."""
    within: timedelta | None = Field(default=None, alias="in")
    """So long after the automation acts. Set once: it does not move with each event."""
    replace: bool = False
    """Also if the task has another due date."""

    @model_validator(mode="after")
    def _check_time(self) -> "Options":
        if (self.at is None) == (self.within is None):
            raise ValueError("give one of `at` and `in`")
        return self


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the task has that date, one that this automation's bot gave, or a person's."""
    before, after = situation.task.due_ms, _due_ms(situation, options)
    if after == before or _is_kept(situation, options):
        return None
    text = f"due {_day(before)} -> {_day(after)}"
    return Change("due", before, after, text, {"due": _day(after)})


def _due_ms(situation: Situation, options: Options) -> int:
    if options.at is not None:
        aware = options.at if options.at.tzinfo else options.at.replace(tzinfo=UTC)
        return round(aware.timestamp() * 1000)
    return situation.now_ms + (options.within or timedelta()) // timedelta(milliseconds=1)


def _is_kept(situation: Situation, options: Options) -> bool:
    before = situation.task.due_ms
    if before is None:
        return False
    # `in` counts from the first event: later ones must not move the date on.
    ours = situation.written("due")
    is_ours = ours is not None and ours.after == before
    return not options.replace or (is_ours and options.within is not None)


def _day(at_ms: int | None) -> str:
    return "none" if at_ms is None else moment(at_ms).strftime("%Y-%m-%d %H:%M UTC")


ACTION = ActionType("Give the task a due date.", Options, plan, writes=("due",))
