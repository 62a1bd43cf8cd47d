"""Mutes: automations that leave a task alone for a while."""

from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.write.undo import holds
from clickup_mlops.operations.automations.files import must_exist
from clickup_mlops.store import Mute, Store


def mutes(store: Store, now_ms: int, task_id: str | None = None) -> list[Mute]:
    """Those that last, of all tasks or of one."""
    return [entry for entry in store.mutes.list(now_ms) if task_id in (None, entry.task_id)]


def mute(bot: Bot, new: Mute) -> Mute:
    """The automation leaves the task alone; the mute that holds now. A longer one stays as it is.

    Raises:
        InputError: there is no such automation. NotFound: there is no such task.
    """
    must_exist(bot.settings.automations, new.automation)
    bot.client.tasks.get(new.task_id)
    existing = bot.store.mutes.of(new.task_id, bot.now_ms()).get(new.automation)
    if existing is not None and existing.until_ms >= new.until_ms:
        return existing
    bot.store.mutes.put(new)
    return new


def end(
    store: Store,
    settings: AutomationsSettings,
    automation: str,
    task_id: str | None,
    now_ms: int,
    *,
    release: bool = False,
) -> list[str]:
    """The automation may act again on this task, or on all (None); the tasks' ids.

    `release`: the priorities that an undo keeps there are released, too.

    Raises:
        InputError: it is muted nowhere, and does not exist.
    """
    tasks = holds.end(store, automation, task_id, now_ms, release=release)
    if not tasks:
        must_exist(settings, automation)
    return tasks
