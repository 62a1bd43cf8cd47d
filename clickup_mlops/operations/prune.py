"""Prune: delete what is older than the settings keep it."""

from dataclasses import dataclass

from clickup_mlops.bot.receive.retention import RetentionSettings
from clickup_mlops.store import Store


@dataclass(frozen=True, slots=True)
class Pruned:
    """Rows of a kind that are older than `before_ms`."""

    kind: str
    before_ms: int
    rows: int


def prune(
    store: Store, settings: RetentionSettings, now_ms: int, *, dry: bool = False
) -> list[Pruned]:
    """What was deleted, by kind; with `dry`, what would be."""
    before = settings.before(now_ms)
    retention = store.retention
    rows_by_kind = retention.count(before) if dry else retention.prune(before, now_ms)
    return [Pruned(kind, before[kind], rows) for kind, rows in rows_by_kind.items()]
