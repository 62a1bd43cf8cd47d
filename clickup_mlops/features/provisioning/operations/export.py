"""Export: a live space as a template. Reads only."""

from collections.abc import Callable

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.provisioning.live import export as exporting
from clickup_mlops.features.provisioning.operations import workspace
from clickup_mlops.features.provisioning.operations.callbacks import ignore


def export(
    bot: Bot, space: str, *, tasks: bool = False, report: Callable[[str], None] = ignore
) -> str:
    """The TOML text; with `tasks` open tasks become starter tasks. `report` gets what is left out.

    Raises:
        InputError: there is no such space; ApiError: ClickUp cannot be read.
    """
    return exporting.export(
        bot.client,
        bot.workspace_id,
        space,
        tasks=tasks,
        remembered=workspace.journal(bot).remembered(),
        policies=bot.store.space_policies.of,
        report=report,
    )
