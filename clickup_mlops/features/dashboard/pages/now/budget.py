"""The call budget: how many calls to ClickUp are left in this minute, and for whom."""

from typing import Final

from clickup_mlops.clickup.budget import Budget, PriorityClass, compute_allowance, learn
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import (
    Cell,
    Column,
    Figure,
    Figures,
    Moment,
    Note,
    Number,
    Section,
    Table,
    Tone,
)

FEW: Final = 0.2
"""Less than this share of the limit is worth a warning."""
SOURCE: Final = "The rate headers of ClickUp's answers, as the bot keeps them."
_MEANT: Final = {
    PriorityClass.INTERACTIVE: "commands, webhooks",
    PriorityClass.ROUTING: "priorities, automations",
    PriorityClass.METRICS: "numbers in fields",
    PriorityClass.REPORTS: "reports",
    PriorityClass.BULK: "provisioning, migrations",
}


def _build(data: Data, query: Query) -> Section:
    stored = _read_stored(data)
    if not stored.limit:
        note = Note("ClickUp has not answered yet: its limit is not known.")
        return Section("budget", "Call budget", (note,), SOURCE)
    budget = learn(stored, None, query.now_ms)
    paused = [_pause(budget)] if budget.paused_ms > query.now_ms else []
    figures = Figures((*paused, _remaining(budget), _used(budget), _reset(budget)))
    return Section("budget", "Call budget", (figures, _shares(budget, query.now_ms)), SOURCE)


def _read_stored(data: Data) -> Budget:
    state = dict(data.store.stats.budget(data.bot.budget_key))
    return Budget(**state | {"claims": tuple(state["claims"])}) if state else Budget()


def _remaining(budget: Budget) -> Figure:
    remaining = max(0, budget.limit - budget.used)
    tone: Tone = "bad" if not remaining else "warning" if remaining < FEW * budget.limit else "good"
    note = f"of {budget.limit} in this minute"
    return Figure("Calls left", Number(remaining, "calls", tone=tone), note)


def _used(budget: Budget) -> Figure:
    return Figure("Calls used", Number(budget.used, "calls"), "in this minute, by all processes")


def _reset(budget: Budget) -> Figure:
    return Figure("Next minute", Moment(budget.reset_ms), "when the limit counts anew")


def _pause(budget: Budget) -> Figure:
    return Figure("Paused until", Moment(budget.paused_ms), "ClickUp answered 429: no calls before")


def _shares(budget: Budget, now_ms: int) -> Table:
    rows = tuple(_share(budget, priority_class, now_ms) for priority_class in PriorityClass)
    columns = (Column("Priority class"), Column("For"), Column("May use now", "end"))
    return Table("classes", "Calls left by priority class", columns, rows)


def _share(budget: Budget, priority_class: PriorityClass, now_ms: int) -> tuple[Cell, ...]:
    remaining = max(0, compute_allowance(budget, priority_class, now_ms) - budget.used)
    return priority_class.name.lower(), _MEANT[priority_class], Number(remaining, "calls")


SECTION = SectionType("Call budget", _build, 40)
