"""What is written in place of what the bot wrote last. Pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clickup_mlops.automations.model import Change

if TYPE_CHECKING:
    from clickup_mlops.store.journal_rows import JournalRow


def plan_replacement(
    kind: str, last: "JournalRow | None", after: dict[str, Any], text: str
) -> Change | None:
    """What writes `after` in place of the last write of this kind; None: it is there."""
    if last is not None and last.after == after:
        return None
    return Change(kind, _before(last, after), after, text, dict(after))


def _before(last: "JournalRow | None", after: Mapping[str, Any]) -> dict[str, Any] | None:
    """The same thing as the bot wrote it last, with its id, and when it was made (Unix ms)."""
    if last is None or last.after is None or last.receipt is None:
        return None
    # Another page or channel gets a new one; the old one stays as it is.
    if any(last.after[key] != value for key, value in after.items() if key != "text"):
        return None
    made_ms = (last.before or {}).get("at_ms") or last.begun_ms
    return {"id": last.receipt, "at_ms": made_ms, **last.after}
