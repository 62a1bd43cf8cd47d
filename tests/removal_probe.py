"""Run in a copy of the package without some features: what still works there, as JSON.

A program of its own, because the copy must be imported instead of the checkout: its folder is the
argument, and the only thing on the path beside the installed libraries.
"""

import importlib
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

LIST = "Tasks"
INFERENCE = "Roll out the vLLM inference endpoint for the ranker"
TRAINING = "Fine-tune the ranker: training run on the March data"

PROGRAMS = ("clickup_mlops.__main__", "clickup_mlops.store.migrations.env")
"""Modules that act when they are imported."""
APART = "clickup_mlops.sandbox."
"""Shares no code with the features."""


def main(folder: Path, work: Path) -> dict[str, Any]:
    """Everything that a test asserts. `work` is an empty folder."""
    imports = _import_all(folder / "clickup_mlops")
    if imports:
        return {"imports": imports}
    return {
        "imports": imports,
        "names": {kind: sorted(names()) for kind, names in NAMES.items()},
        "content": {
            kind: _leave_out_unusable(folder / kind, find) for kind, find in CONTENT.items()
        },
        "examples": _problems_of_automations(work / "automations"),
        "help": _run_command("--help"),
        "settings": _load_settings(work),
        "check": _check(work),
        "pipeline": _handle_events(work),
    }


def _import_all(package: Path) -> dict[str, str]:
    """The problem of each module that cannot be imported, by its name."""
    problems = {}
    for file in sorted(package.rglob("*.py")):
        path = file.relative_to(package.parent).with_suffix("").parts
        name = ".".join(path).removesuffix(".__init__")
        if name not in PROGRAMS and not name.startswith(APART):
            try:
                importlib.import_module(name)
            except ImportError as problem:
                problems[name] = str(problem)
    return problems


def _commands() -> Iterator[str]:
    import click

    from clickup_mlops.interfaces.cli import _root

    def walk(group: click.Group, path: tuple[str, ...]) -> Iterator[str]:
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from walk(command, (*path, name))
            else:
                yield " ".join((*path, name))

    return walk(_root.root(), ())


def _tools() -> list[str]:
    from clickup_mlops.interfaces.mcp_server import server

    return list(server.find_tools())


def _slash_commands() -> list[str]:
    from clickup_mlops.commands.dispatch import find_commands

    return list(find_commands())


def _sections() -> list[str]:
    from clickup_mlops.ports.sections import find

    return [f"{page.key}/{key}" for page in find.all_pages().values() for key in page.sections]


def _actions() -> list[str]:
    from clickup_mlops.automations import actions
    from clickup_mlops.registry import find_all

    return list(find_all("actions", "ACTION", actions))


NAMES: dict[str, Callable[[], Any]] = {
    "commands": _commands,
    "tools": _tools,
    "slash commands": _slash_commands,
    "sections": _sections,
    "actions": _actions,
}


def _problems_of_automations(folder: Path) -> dict[str, str]:
    """By the name of each automation that cannot be used."""
    from clickup_mlops.automations.load import read_folders

    _, problems = read_folders(folder)
    return {Path(problem.file).stem: str(problem) for problem in problems}


def _problems_of_templates(folder: Path) -> dict[str, str]:
    """By the name of each template that cannot be used. Without provisioning nobody reads them."""
    from clickup_mlops.errors import ContentError
    from clickup_mlops.registry import features

    if "provisioning" not in features():
        return {}
    from clickup_mlops.features.provisioning.template import load

    problems = {}
    for name in load.names(folder):
        try:
            load.load(folder, name)
        except ContentError as problem:
            problems[name] = str(problem)
    return problems


CONTENT: dict[str, Callable[[Path], dict[str, str]]] = {
    "automations": _problems_of_automations,
    "templates": _problems_of_templates,
}


def _leave_out_unusable(folder: Path, find: Callable[[Path], dict[str, str]]) -> dict[str, str]:
    """Delete the files that name what is not there; the problem of each, by its name."""
    problems = find(folder)
    for name in problems:
        (folder / f"{name}.toml").unlink()
    return problems


def _run_command(*arguments: str) -> tuple[int, str]:
    from clickup_mlops.interfaces.cli._root import run

    with redirect_stdout(StringIO()) as out:
        try:
            code = run(list(arguments))
        except SystemExit as end:
            code = int(end.code or 0)
    return code, out.getvalue()


def _load_settings(work: Path) -> str:
    """The problem of the file `tables.toml`, if there is one."""
    from clickup_mlops import config
    from clickup_mlops.bot.settings import Settings
    from clickup_mlops.errors import ConfigError

    try:
        config.load(Settings, work / "tables.toml")
    except ConfigError as problem:
        return str(problem)
    return ""


def _check(work: Path) -> tuple[int, str]:
    """Of a bot whose ClickUp is the sandbox."""
    from clickup_mlops import sandbox

    with sandbox.running() as clickup:
        file = work / "config.toml"
        file.write_text(
            f'clickup = {{ token = "{clickup.token}", base_url = "{clickup.url}" }}\n'
            f'store = {{ url = "sqlite:///{work}/check.db" }}\n'
        )
        return _run_command("check", "--config", str(file))


def _handle_events(work: Path) -> dict[str, int]:
    """Two tasks are created; the priorities that the bot writes, by the tasks' names."""
    from clickup_mlops import sandbox
    from clickup_mlops.bot.app import build
    from clickup_mlops.bot.settings import Settings
    from clickup_mlops.interfaces.web.server import bind

    listener = bind("127.0.0.1", 0)
    with sandbox.running() as clickup:
        settings = Settings(
            clickup={"token": clickup.token, "base_url": clickup.url},
            store={"url": f"sqlite:///{work}/bot.db"},
            hooks={"public_url": f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/clickup"},
            automations={"mode": "on"},
        )
        with build(settings) as bot:
            _receive(bot, listener)
            bot.sources.hooks.register()
            control = clickup.control
            member = control.as_user(control.members[1].id)
            tasks = {name: member.create_task(LIST, name) for name in (TRAINING, INFERENCE)}
            while control.deliveries.wait_idle() and bot.run_until_idle():
                pass
            priorities = {name: control.task(task)["priority"] for name, task in tasks.items()}
            return {name: int(value["id"]) for name, value in priorities.items() if value}


def _receive(bot: Any, listener: socket.socket) -> None:
    from waitress.server import create_server

    from clickup_mlops.interfaces.web.app import create_app

    server = create_server(create_app(bot), sockets=[listener], threads=4)
    threading.Thread(target=server.run, daemon=True).start()


if __name__ == "__main__":
    sys.path[0] = sys.argv[1]  # not the folder of this file, whose tests import the checkout
    result = main(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(json.dumps(result))
