"""The scene `discover`: an export with history is read, and its proposal planned on a sandbox."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from clickup_mlops import files
from clickup_mlops.features.discovery import document, sample
from clickup_mlops.features.discovery.operations.discover import Discovered, discover
from clickup_mlops.features.discovery.operations.reading import read_tool
from clickup_mlops.features.migration.source import Selection
from clickup_mlops.features.provisioning.operations import plan as planning
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.ports.demo.environment import Environment
from clickup_mlops.ports.demo.model import Say
from clickup_mlops.spelling import format_count


def perform(demo: Environment, pause: Callable[[], object], say: Say) -> dict[str, object]:
    """As a person would with `discover run` and `provision plan`; what was found and planned."""
    discovered = _discover(demo)
    conclusions = discovered.conclusions
    say(
        f"discover run jira: {format_count(conclusions.tasks, 'task')} of a year in "
        f"{format_count(conclusions.places, 'team')}. Nobody is named.\n"
    )
    for finding in conclusions.findings:
        pause()
        say(f"  {finding.place}: {conclusions.titles[finding.kind].title}.\n    {finding.says}")
        say(f"    -> {conclusions.titles[finding.kind].advice}")
    pause()
    planned = {path: _plan(demo, path, text) for path, text in _parameters(discovered).items()}
    say("\nThe proposal, on the local ClickUp:")
    for path, steps in planned.items():
        say(f"  provision plan --parameters {path}: {format_count(steps, 'step')}")
    return {**document.to_json(conclusions), "planned": planned}


def _discover(demo: Environment) -> Discovered:
    with TemporaryDirectory(prefix="clickup-mlops-demo-") as folder:
        file = Path(folder) / "issues.json"
        now_ms = demo.bot.now_ms()
        files.write(file, orjson.dumps(sample.build(now_ms)))
        reading = read_tool(demo.bot, "jira", Selection(files=(file,)), now_ms)
    return discover(reading)


def _parameters(discovered: Discovered) -> dict[str, str]:
    files = discovered.proposal.items()
    return {path: text for path, text in files if path.startswith("provision/")}


def _plan(demo: Environment, path: str, text: str) -> int:
    template = path.split(".")[1]
    pairs = tuple(f"{name}={value}" for name, value in tomllib.loads(text).items())
    return len(planning.plan(demo.bot, Request(template, pairs)).work)
