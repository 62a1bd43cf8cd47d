"""Keeps what the viewer says about a proposal: `agrees` is `yes` or `no`."""

from collections.abc import Mapping

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.shadow import operations
from clickup_mlops.ports.dashboard.model import ActionType, Viewer


def _run(bot: Bot, viewer: Viewer, fields: Mapping[str, str]) -> str:
    """Fields `task` and `agrees`.

    Raises:
        InputError: nothing is proposed for the task.
    """
    task_id = fields.get("task", "")
    if bot.store.seen_with(viewer.access).mirror.get(task_id) is None:
        raise InputError(f"nothing is proposed for task {task_id}")
    agrees = fields.get("agrees") == "yes"
    proposal = operations.answer(
        bot, task_id, agrees=agrees, user_name=viewer.name, via="dashboard"
    )
    return f"{'Agreed' if agrees else 'Disagreed'}: {proposal.name}."


ACTION = ActionType(_run, "answer")
