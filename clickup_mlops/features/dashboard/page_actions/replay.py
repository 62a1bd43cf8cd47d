"""Has a parked event handled again, at once."""

from collections.abc import Mapping

from clickup_mlops import logs
from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.operations import events
from clickup_mlops.ports.dashboard.fields import number
from clickup_mlops.ports.dashboard.model import ActionType, Viewer
from clickup_mlops.store import PARKED

_log = logs.get()


def _run(bot: Bot, viewer: Viewer, fields: Mapping[str, str]) -> str:
    """Field `event`: its number.

    Raises:
        InputError: there is no such event, or it is not parked any more.
    """
    row = events.event(bot.store.seen_with(viewer.access), number(fields, "event"))
    if row.state != PARKED:
        raise InputError(
            f"Event {row.id} is not parked any more", hint="Somebody has replayed or discarded it."
        )
    events.replay(bot.store, [row.id], bot.now_ms())
    _log.info("event_replayed", number=row.id, lane=row.lane, actor=viewer.actor)
    bot.dispatch(row.lane)
    return f"Event {row.id} is handled again."


ACTION = ActionType(_run, "replay")
