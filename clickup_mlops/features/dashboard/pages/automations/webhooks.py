"""Health of the webhooks in ClickUp, as of their last check."""

from typing import Final

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.queries.stats import HookHealth
from clickup_mlops.views.model import Badge, Cell, Column, Moment, Note, Number, Section, Table

_LATE: Final = 3
"""A check is overdue once so many intervals have passed."""
_COLUMNS: Final = (
    Column("Webhook"),
    Column("Health"),
    Column("Failed deliveries", "end"),
    Column("Problems"),
    Column("Checked"),
)


def _build(data: Data, query: Query) -> Section:
    hooks = data.store.stats.hooks()
    table = Table("webhooks", "Webhooks", _COLUMNS, tuple(map(_row, hooks)), "None was checked.")
    late = query.now_ms - _LATE * to_ms(data.settings.hooks.check_every)
    notes = [note for note in (_address(data), _overdue(hooks, late)) if note is not None]
    return Section("webhooks", "Webhooks", (*notes, table), "The last check by the job heal.")


def _address(data: Data) -> Note | None:
    if data.settings.hooks.public_url:
        return None
    text = "hooks.public_url is not set: changes are found by back-fill alone, minutes late."
    return Note(text, "warning")


def _overdue(hooks: list[HookHealth], late_ms: int) -> Note | None:
    if not hooks or max(hook.checked_ms for hook in hooks) >= late_ms:
        return None
    return Note("The check of the webhooks is overdue: is clickup-mlops serve running?", "bad")


def _row(hook: HookHealth) -> tuple[Cell, ...]:
    return (
        hook.webhook,
        Badge("broken", "bad") if hook.problems else Badge("healthy", "good"),
        Number(hook.failures, tone="warning" if hook.failures else "plain"),
        short("; ".join(hook.problems)) or None,
        Moment(hook.checked_ms),
    )


SECTION = SectionType("Webhooks", _build, 60, targeted=False)
