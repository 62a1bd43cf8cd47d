"""A process that makes bots to be killed: everything is imported once, then forked in an instant.

Reads a line for each bot to start: JSON with `settings` and `port` (0: no receiver); prints the
new bot's process id once it runs.
"""

import json
import os
import signal
import sys
import threading
from typing import Any

from waitress.server import create_server

from clickup_mlops import content
from clickup_mlops.bot.engine import create
from clickup_mlops.bot.settings import EngineSettings, Settings
from clickup_mlops.bot.wiring import build
from clickup_mlops.routing.classifier import classify
from clickup_mlops.rules import load
from clickup_mlops.web.app import create_app

CLASSIFIER = classify.load()


def live(order: dict[str, Any], ready: int) -> None:
    """Be a bot until killed."""
    bot = build(Settings(**order["settings"]))
    bot.__dict__["classifier"] = CLASSIFIER
    bot.start()
    if order["port"]:
        server = create_server(create_app(bot), host="127.0.0.1", port=order["port"], threads=4)
        threading.Thread(target=server.run, daemon=True).start()
    os.write(ready, b".")
    threading.Event().wait()


def main() -> None:
    """Start bots until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        waiting, ready = os.pipe()
        pid = os.fork()
        if pid == 0:
            live(order, ready)
        os.close(ready)
        os.read(waiting, 1)
        os.close(waiting)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    # What only one engine needs is imported here too, before any fork.
    create(EngineSettings(), "sqlite:///unused")
    load.load(content.folder("automations", None))
    main()
