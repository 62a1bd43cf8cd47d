"""Time in status on the wire."""

from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task
from clickup_mlops.sandbox.clickup.state.world import World

_MINUTE_MS = 60_000


def format_time_in_status(world: World, task: Task) -> JsonTable:
    """The present status and every one before; repeated stays in a status are summed."""
    now = world.now_ms()
    history: dict[str, JsonTable] = {}
    for stay in task.status_log:
        total_ms = stay.get("until", now) - stay["since"]
        entry = history.setdefault(stay["status"], _format_entry(stay))
        entry["total_time"]["by_minute"] += total_ms // _MINUTE_MS
    present = dict(history[task.status])
    present["total_time"] = {
        "by_minute": (now - task.status_log[-1]["since"]) // _MINUTE_MS,
        "since": str(task.status_log[-1]["since"]),
    }
    keys = ("status", "color", "total_time")
    return {
        "current_status": {key: present[key] for key in keys},
        "status_history": list(history.values()),
    }


def _format_entry(stay: JsonTable) -> JsonTable:
    return {
        "status": stay["status"],
        "color": stay["color"],
        "type": stay["type"],
        "total_time": {"by_minute": 0, "since": str(stay["since"])},
        "orderindex": stay["orderindex"],
    }
