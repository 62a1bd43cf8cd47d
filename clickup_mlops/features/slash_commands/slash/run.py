"""`/run`: have an automation evaluated for this task now."""

from dataclasses import dataclass

from clickup_mlops.bot.handle.commands import CommandOperation, CommandRun
from clickup_mlops.bot.handle.trigger import trigger
from clickup_mlops.commands.automation_names import read_arguments, require_automation
from clickup_mlops.commands.model import Arguments, Reply, Request, SlashCommand, one_word

USAGE = "/run AUTOMATION [because …]"


@dataclass(frozen=True, slots=True)
class Run(CommandOperation):
    """The automation is evaluated for this task now."""

    automation: str

    def execute(self, run: CommandRun) -> str:
        """Have its event stored."""
        automation = run.services.automations[self.automation]
        trigger(run.services.inbox, automation, run.task.id, run.request.comment_id)
        return ""


def answer(request: Request, arguments: Arguments) -> Reply:
    """Its condition, cap, mode and mutes hold as for any other event."""
    automation = require_automation(request, arguments.first_word, USAGE)
    text = f"`{automation}` is evaluated for this task now; it acts if its condition holds."
    return Reply(text, (Run(automation),))


COMMAND = SlashCommand(
    "Evaluates one automation for this task now, without waiting for an event.",
    USAGE,
    "admin",
    read_arguments,
    answer,
    takes=one_word,
)
