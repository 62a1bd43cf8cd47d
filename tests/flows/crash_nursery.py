"""A process that makes bots to be killed: everything is imported once, then forked in an instant.

Reads a line for each bot to start: JSON with `config`, the settings' file, and `receives` (false:
only a worker); prints the new bot's process id at once. A bot that receives is what
`clickup-mlops serve` becomes; only its classifier was loaded before.
"""

import json
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import granian.server
import requests

from clickup_mlops import content
from clickup_mlops.automations import load
from clickup_mlops.bot import app
from clickup_mlops.bot.handle.context.package import ContextPackage
from clickup_mlops.bot.lanes.engines import create
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.bot.members import member
from clickup_mlops.bot.packages import Builds
from clickup_mlops.features.outbound import post
from clickup_mlops.interfaces.web import app as web_app
from clickup_mlops.interfaces.web import server
from clickup_mlops.ports.cli import options as _options
from clickup_mlops.routing.classifier import classify

LATE = (app, granian.server, post, requests, web_app, _options)
"""Imported late by the bot, and here before any fork."""
CLASSIFIER = classify.load()


class Context(ContextPackage):
    """With the classifier that was loaded before."""

    @member
    def classifier(self) -> classify.Classifier:
        return CLASSIFIER


BUILDS = Builds(context=Context)


def _built(config: Path, builds: Builds) -> app.Bot:
    return app.build(_options.settings(config, log_level=None), builds=builds)


def live(order: dict[str, Any], builds: Builds) -> None:
    """Be a bot until killed."""
    config = Path(order["config"])
    if order["receives"]:
        options = _options.settings(config, log_level=None).server
        server.run(lambda: _built(config, builds), options)
    with _built(config, builds) as bot:
        bot.start()
        threading.Event().wait()


def main(builds: Builds = BUILDS) -> None:
    """Start bots until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                live(json.loads(line), builds)
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    # What only one engine needs is imported here too, before any fork.
    create(EngineSettings(), "sqlite:///unused")
    load.load(content.find_folder("automations", None))
    main()
