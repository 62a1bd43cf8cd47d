"""Run a demo in this terminal: a local ClickUp, the bot, and a scripted team.

{scenes}

Needs no account and leaves nothing behind. At the end it shows the priorities before and after, the
calls used, and the latency from a change to its priority. Here the bot writes (`automations.mode`
is "on"); in a real workspace it starts in shadow mode and only explains.
"""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from clickup_mlops import registry
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.ports.cli.program import program
from clickup_mlops.ports.demo.model import Scene, SceneOptions

if TYPE_CHECKING:
    from clickup_mlops.ports.demo.environment import Environment

PAUSE_S: Final = 0.6
_PAUSE_OF_SCENES_S: Final = 5 * PAUSE_S
_EVERY_S: Final = 30.0
_ROUTING: Final = "routing"


def _scenes() -> Mapping[str, Scene]:
    """Those of features, by name."""
    demos = registry.find_modules("demo", "DEMO").values()
    return {name: scene for demo in demos for name, scene in demo.scenes.items()}


def _help() -> str:
    summaries = {_ROUTING: "the team works on its board."}
    summaries |= {name: scene.summary for name, scene in _scenes().items()}
    scenes = " ".join(f"`{name}`: {summary}" for name, summary in summaries.items())
    return str(__doc__).format(scenes=scenes)


@click.command(help=_help())
@click.argument("scene", type=click.Choice([_ROUTING, *_scenes()]), default=_ROUTING)
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
    if scene == _ROUTING:
        return _play_routing(keep, port, as_json)
    return _play(_scenes()[scene], keep, port, as_json)


def _play(scene: Scene, keep: bool, port: int, as_json: bool) -> int:
    from clickup_mlops.interfaces.cli._demo import environment

    pause = partial(time.sleep, 0 if as_json else _PAUSE_OF_SCENES_S)
    scene_options = SceneOptions(port, pause, partial(environment.running, port))
    with scene.set_up(scene_options) as performance:
        result = performance.play(partial(click.echo, err=as_json))
        if as_json:
            output.json_value(result)
        if keep and performance.environment is not None:
            _keep(performance.environment)
        elif keep:
            click.echo(performance.next_steps())
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()
    return ExitCode.DONE


def _play_routing(keep: bool, port: int, as_json: bool) -> int:
    from clickup_mlops.interfaces.cli._demo import environment, show
    from clickup_mlops.interfaces.cli._demo.screen import Screen

    screen = Screen(output.console(stderr=as_json))
    screen.say("Starting ...")
    with environment.running(port) as running:
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


def _keep(running: "Environment", refresh: Callable[[], object] = lambda: None) -> None:
    from clickup_mlops import logs
    from clickup_mlops.interfaces.cli._demo import environment

    url = running.settings.store.url.get_secret_value()
    with contextlib.suppress(KeyboardInterrupt):
        logs.configure("INFO", json=False)
        click.echo(
            f"\nThe board is at {running.clickup.url}: create, edit, move and prioritise tasks;"
            "\nwhat the bot does about it appears below. To ask why, in another terminal:"
            f"\n  CLICKUP_MLOPS_STORE__URL={url} {program()} why TASK"
            f"{environment.hints(running)}\nCtrl-C ends it.\n"
        )
        while not threading.Event().wait(_EVERY_S):
            refresh()
