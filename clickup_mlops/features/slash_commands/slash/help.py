"""`/help`: list the commands."""

from clickup_mlops.commands.model import Reply, Request, SlashCommand, no_arguments


def answer(request: Request, _nothing: None) -> Reply:
    """The commands that this user may use."""
    lines = [
        f"- `{command.usage}` {command.summary}" for _, command in sorted(request.commands.items())
    ]
    return Reply("\n".join(["Start a comment with one of these commands:", *lines]))


COMMAND = SlashCommand(
    "Lists the commands that you can use.",
    "/help",
    "guest",
    no_arguments,
    answer,
    only_asks=lambda _arguments: True,
)
