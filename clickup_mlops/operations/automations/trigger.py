"""Triggers an automation by hand: the running bot evaluates it for a task."""

from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.handle import trigger as by_hand
from clickup_mlops.operations.automations.files import named


def trigger(bot: Bot, name: str, task_id: str) -> str:
    """Stores the event; its key. Condition, cap, mode and mutes hold as for any other event.

    Raises:
        InputError: there is no such automation, it is off, or it is not evaluated for tasks.
        NotFound: there is no such task.
    """
    (automation,) = named(bot.context.in_spaces, (name,), files=False)
    by_hand.check(automation)
    bot.client.tasks.get(task_id)  # the event of a task that is not there would be dropped unseen
    return by_hand.trigger(bot.core.inbox_writer, automation, task_id, str(bot.now_ms()))
