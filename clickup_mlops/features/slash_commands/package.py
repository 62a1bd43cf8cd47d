"""What slash commands bring to the bot."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.handle.commands import CommandServices
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.ports import CommentAnswerer
from clickup_mlops.commands.dispatch import find_commands
from clickup_mlops.features.slash_commands.execution import SlashCommands, Terms

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class SlashCommandsPackage(Package):
    """Answers slash commands, if they are switched on."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._context, self._execution = packages.context, packages.execution
        self._handling = packages.handling

    def comment_answerers(self) -> Iterable[CommentAnswerer]:
        """Those of `commands.enabled`."""
        if self.core.settings.commands.enabled:
            yield self.slash_commands

    @property
    def terms(self) -> Terms:
        """What commands there are, and who may use them."""
        return Terms(find_commands(), self.core.settings.commands.allow)

    @property
    def slash_commands(self) -> SlashCommands:
        """Executes and answers commands."""
        return SlashCommands(
            self.command_services,
            self.terms,
            people=self._execution.people,
            views=self.core.extensions.views(),
            missed=self._handling.missed_comments,
        )

    @member
    def command_services(self) -> CommandServices:
        """What commands write with."""
        core = self.core
        return CommandServices(
            core.store,
            self._execution.executor_context,
            core.settings.routing,
            {automation.name: automation for automation in self._context.in_spaces},
            role_of=self._handling.role_of,
            undo=core.extensions.undo(),
            inbox=core.inbox_writer,
            consumer=core.extensions.event_consumers,
            names=self._context.directory,
            zone=core.settings.jobs.time_zone,
            clock=core.now_ms,
        )


PACKAGE: Final = SlashCommandsPackage
