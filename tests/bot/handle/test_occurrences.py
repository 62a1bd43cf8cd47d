"""Which automations are asked about an event, where only exact times show it."""

from pathlib import Path

import orjson
import pytest

from clickup_mlops.automations.events import BACKFILL
from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.handle.occurrences import Occurrences
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event
from clickup_mlops.store import Store
from tests.empty import store_at

FOUND_MS = 1_795_000_000_000
KIND = "taskStatusUpdated"


@pytest.mark.parametrize(("later_ms", "is_evaluated"), [(0, False), (90, False), (101, True)])
def test_a_back_fill_stands_for_what_is_dated_a_little_later(
    tmp_path: Path, later_ms: int, is_evaluated: bool
) -> None:
    """ClickUp dates a change up to a tenth of a second after the task that it changed."""
    automation = Automation("state", Path(), "", frozenset({KIND}), None, (), 1, "on", tuple)
    with Store.open(store_at(tmp_path / "bot.db")) as store:
        by = {f"backfill:t1:{FOUND_MS}": ["state"]}
        store.evaluations.put("t1", BACKFILL, by, FOUND_MS)
        store.flush()
        event = _event(FOUND_MS + later_ms)
        views = list(Occurrences(store.evaluations, "t1").views(event, [automation]))

    assert bool(views) is is_evaluated


def _event(at_ms: int) -> Event:
    item = {"id": "1", "field": "status", "date": str(at_ms), "before": None, "after": None}
    body = {"event": KIND, "task_id": "t1", "webhook_id": "w", "history_items": [item]}
    return webhook.parse(orjson.dumps(body))
