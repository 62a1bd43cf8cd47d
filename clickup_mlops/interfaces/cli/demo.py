"""Run a demo in this terminal: a local ClickUp, the bot, and a scripted team.

`routing`: the team works on its board. `metrics`: a model server gets slow, and its task shows it.
`migration`: the boards of a local Monday.com move into ClickUp.

Needs no account and leaves nothing behind. At the end it shows the priorities before and after, the
calls used, and the latency from a change to its priority. Here the bot writes (`automations.mode`
is "on"); in a real workspace it starts in shadow mode and only explains.
"""

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from clickup_mlops.interfaces.cli._program import program
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.interfaces.cli._demo.environment import Environment

PAUSE_S = 0.6
_OFTEN_S: Final = 30.0
_ENDINGS: Final = ("SIGTERM", "SIGHUP")
"""A service manager's, and that of a terminal that is closed; not every system has both."""


@click.command(help=__doc__)
@click.argument("scene", type=click.Choice(["routing", "metrics", "migration"]), default="routing")
@click.option(
    "--keep/--no-keep",
    default=None,
    help="Keep it running, to act as the team and to see the dashboard. Default: on a terminal.",
)
@click.option("--port", default=0, help="Port of the sandbox. 0: any free one.")
@options.as_json
def command(scene: str, keep: bool | None, port: int, as_json: bool) -> int:
    from clickup_mlops import logs

    keep = sys.stdout.isatty() and not as_json if keep is None else keep
    logs.configure("ERROR")
    if scene == "metrics":
        return _metrics(keep, port, as_json)
    if scene == "migration":
        return _migration(keep, port, as_json)
    return _routing(keep, port, as_json)


def _metrics(keep: bool, port: int, as_json: bool) -> int:
    from clickup_mlops.interfaces.cli._demo import metrics

    say = partial(click.echo, err=as_json)
    with _tidy(), metrics.running(port) as (running, server):
        result = metrics.perform(running, server, say, pause_s=0 if as_json else 5 * PAUSE_S)
        if as_json:
            output.json_value(result.to_dict())
        if keep:
            _keep(running)
    return ExitCode.DONE


def _migration(keep: bool, port: int, as_json: bool) -> int:
    from clickup_mlops.interfaces.cli._demo import migration

    with _tidy(), migration.running(port) as world:
        result = migration.perform(world, partial(click.echo, err=as_json))
        if as_json:
            output.json_value(migration.plain(result))
        if keep:
            click.echo(migration.how_to_go_on(world))
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()
    return ExitCode.DONE


def _routing(keep: bool, port: int, as_json: bool) -> int:
    from clickup_mlops.interfaces.cli._demo import environment, show
    from clickup_mlops.interfaces.cli._demo.screen import Screen

    screen = Screen(output.console(stderr=as_json))
    screen.say("Starting ...")
    with _tidy(), environment.running(port) as running:
        result = show.perform(running, screen, pause_s=0 if as_json else PAUSE_S)
        if as_json:
            output.json_value(result.to_dict())
        else:
            screen.result(result)
        if keep:
            from clickup_mlops.interfaces.cli._demo import past

            past.write(running)
            _keep(running, partial(past.go_on, running.bot))
    return ExitCode.DONE


@contextlib.contextmanager
def _tidy() -> Iterator[None]:
    """Have signals that would end the process at once run the clean-up first."""

    def leave(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    numbers = [getattr(signal, name) for name in _ENDINGS if hasattr(signal, name)]
    before = {number: signal.signal(number, leave) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _keep(running: "Environment", every_so_often: Callable[[], object] = lambda: None) -> None:
    from clickup_mlops import logs
    from clickup_mlops.interfaces.cli._demo import environment

    url = running.settings.store.url.get_secret_value()
    with contextlib.suppress(KeyboardInterrupt):
        logs.configure("INFO", json=False)
        click.echo(
            f"\nThe board is at {running.clickup.url}: create, edit, move and prioritise tasks;"
            "\nwhat the bot does about it appears below. To ask why, in another terminal:"
            f"\n  CLICKUP_MLOPS_STORE__URL={url} {program()} why TASK"
            "\nThe dashboard, by a link that works once, within ten minutes:"
            f"\n  {environment.dashboard_link(running)}\nCtrl-C ends it.\n"
        )
        while not threading.Event().wait(_OFTEN_S):
            every_so_often()
