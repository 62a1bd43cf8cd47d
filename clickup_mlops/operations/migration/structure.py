"""What must exist in ClickUp before a migration, as a plan of provisioning."""

from clickup_mlops import content
from clickup_mlops.bot.app import Bot
from clickup_mlops.migrate import provisioning
from clickup_mlops.migrate.convert import column_types
from clickup_mlops.migrate.mapping import gains
from clickup_mlops.migrate.mapping.gains import Gains
from clickup_mlops.migrate.mapping.model import Mapping
from clickup_mlops.migrate.staging import Staged
from clickup_mlops.operations.provisioning import workspace
from clickup_mlops.provision.plan import create
from clickup_mlops.provision.plan.model import Plan
from clickup_mlops.provision.template import load


def structure(bot: Bot, mapping: Mapping, staged: Staged) -> Plan:
    """Spaces, Folders, Lists, statuses and fields that the mapping needs, against what is there.

    Raises:
        ContentError: a workspace template that the mapping names cannot be used.
        ApiError: ClickUp cannot be read.
    """
    boards = (board for board in staged.boards() if board.id in mapping.boards)
    wanted = provisioning.tree(mapping, boards, column_types(), _gains(mapping))
    return create.make(
        bot.client,
        bot.workspace_id,
        wanted,
        workspace.journal(bot).known(),
        template=mapping.name,
        policies=bot.store.space_policies.of,
    )


def _gains(mapping: Mapping) -> dict[str, Gains]:
    names = {table.place.template for table in mapping.boards.values()} - {""}
    folder = content.folder("templates")
    return {name: gains.of(load.load(folder, name)) for name in sorted(names)}
