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
    known = _known(data)
    if not known.limit:
        note = Note("ClickUp has not answered yet: its limit is not known.")
        return Section("budget", "Call budget", (note,), SOURCE)
    budget = learn(known, None, query.now_ms)
    paused = [_pause(budget)] if budget.paused_ms > query.now_ms else []
    figures = Figures((*paused, _left(budget), _used(budget), _reset(budget)))
    return Section("budget", "Call budget", (figures, _shares(budget, query.now_ms)), SOURCE)


def _known(data: Data) -> Budget:
    state = dict(data.store.stats.budget(data.bot.governor.key))
    return Budget(**state | {"claims": tuple(state["claims"])}) if state else Budget()


def _left(budget: Budget) -> Figure:
    left = max(0, budget.limit - budget.used)
    tone: Tone = "bad" if not left else "warning" if left < FEW * budget.limit else "good"
    note = f"of {budget.limit} in this minute"
    return Figure("Calls left", Number(left, "calls", tone=tone), note)


def _used(budget: Budget) -> Figure:
    return Figure("Calls used", Number(budget.used, "calls"), "in this minute, by all processes")


def _reset(budget: Budget) -> Figure:
    return Figure("Next minute", Moment(budget.reset_ms), "when the limit counts anew")


def _pause(budget: Budget) -> Figure:
    return Figure("Paused until", Moment(budget.paused_ms), "ClickUp answered 429: no calls before")


def _shares(budget: Budget, now_ms: int) -> Table:
    rows = tuple(_share(budget, one, now_ms) for one in PriorityClass)
    columns = (Column("Priority class"), Column("For"), Column("May use now", "end"))
    return Table("classes", "Calls left by priority class", columns, rows)


def _share(budget: Budget, one: PriorityClass, now_ms: int) -> tuple[Cell, ...]:
    left = max(0, compute_allowance(budget, one, now_ms) - budget.used)
    return one.name.lower(), _MEANT[one], Number(left, "calls")


SECTION = SectionType("Call budget", _build, 40)
