"""Finds the slash command for a comment and returns its reply. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from clickup_mlops import registry
from clickup_mlops.commands import parsing, phrases
from clickup_mlops.commands.model import (
    ROLES,
    Arguments,
    Reply,
    Request,
    Role,
    SlashCommand,
    UsageError,
)
from clickup_mlops.commands.parsing import Invocation
from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.spelling import suggest_word

Commands = Mapping[str, SlashCommand]
UNDO: Final = "undo"
"""How the journal names undos, whoever asked for them."""
_HELP: Final = "`/help` lists the commands that you can use."


def find_commands() -> Commands:
    """Every slash command, by name: of the features' `slash/` and other distributions."""
    return registry.find_all("slash", "COMMAND")


def arguments_of(invocation: Invocation, command: SlashCommand) -> Arguments:
    """What stands behind the command's name. Raises UsageError."""
    return parsing.arguments(invocation.arguments, command.takes, has_time=command.has_time)


def only_asks(invocation: Invocation, commands: Commands) -> bool:
    """Whether the command only answers, and changes nothing."""
    command = commands.get(invocation.name)
    try:
        return command is not None and command.only_asks(arguments_of(invocation, command))
    except UsageError:
        return True  # it is answered with its usage


def without_remarks(invocation: Invocation, commands: Commands) -> Invocation:
    """A question without what stands behind its arguments: an edit of that alone asks nothing new.
    Of a command that does something it is the reason, and stays.
    """
    command = commands.get(invocation.name)
    try:
        arguments = arguments_of(invocation, command) if command else None
    except UsageError:
        return invocation
    if command is None or arguments is None or not command.only_asks(arguments):
        return invocation
    return replace(invocation, arguments=" ".join(arguments.words))


def _with_reason(reply: Reply, because: str) -> Reply:
    """What is done is answered with its reason, which the audit keeps with the answer."""
    if reply.repeats_reason or not reply.operations or not (reason := phrases.reason(because)):
        return reply
    return replace(reply, text=f"{reply.text}{reason}".strip())


def select_allowed(commands: Commands, allow: Mapping[str, Role], role: Role) -> Commands:
    """The commands that a role may use; `allow` overrides the minimum role of some.

    Raises:
        ConfigError: `allow` names a command that does not exist.
    """
    for name in allow:
        if name not in commands:
            raise ConfigError(
                f'commands.allow: there is no command "{name}"',
                hint=f"The commands are: {', '.join(commands)}.",
            )
    enough = ROLES[: ROLES.index(role) + 1]
    return {
        name: command
        for name, command in commands.items()
        if allow.get(name, command.role) in enough
    }


def answer(invocation: Invocation, request: Request, commands: Commands) -> Reply:
    """The reply; an unknown, forbidden or misused command gets an explanation."""
    command = request.commands.get(invocation.name)
    if command is None:
        return Reply(_refusal(invocation.name, request, commands))
    try:
        arguments = arguments_of(invocation, command)
        return _with_reason(command.answer(request, command.read(arguments)), arguments.because)
    except UsageError as problem:
        text = str(problem)
        return Reply(f"`/{invocation.name}`: {text}.".replace("..", "."))


def run_name(key: str) -> str:
    """How the journal names what the command with this key writes."""
    return f"command-{key}"


def is_by_command(by: str) -> bool:
    """Whether a person has set it by a command. `by` as of `must_be_allowed`."""
    return by.startswith("/") or by == UNDO


def must_be_allowed(by: str, commands: Collection[str]) -> None:
    """What a command has set may only be undone by who may use that command. `by`: what set it, as
    the journal names it: `/priority`, `undo`; an automation, or empty, is nobody's own.

    Raises:
        InputError: the user may not.
    """
    name = by.removeprefix("/")
    if is_by_command(by) and name not in commands:
        raise InputError(f"it was set with `/{name}`: undoing that takes a higher role than yours")


def must_not_outrank(setter: Role | None, user: str, role: Role) -> None:
    """What a person has set by a command is only replaced by a person of at least that role.

    Raises:
        InputError: `setter`, the role of who set it, is higher. None, a former member, is not.
    """
    if setter is not None and ROLES.index(setter) > ROLES.index(role):
        raise InputError(f"{user or 'somebody'} set it as {setter}, and your role is {role}")


def _refusal(name: str, request: Request, commands: Commands) -> str:
    if name in commands:
        return f"`/{name}` is not allowed for the role {request.role}. {_HELP}"
    suggestion = suggest_word(name, sorted(request.commands), " Did you mean `/{}`?")
    return f"There is no command `/{name}`.{suggestion} {_HELP}"
