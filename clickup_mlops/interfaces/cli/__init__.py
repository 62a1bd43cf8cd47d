"""The command line. A command is a file here and a group is a folder: there is no list to maintain.

A command module has a docstring (its help) and defines `command`. Heavy imports stay inside the
function, so that `--help` and `--version` answer at once.
"""

import atexit
import gc
import os
import sys
from typing import Final

_OBJECTS_OF_A_START: Final = 300_000


def main() -> None:
    """Run the command line and leave with its exit code: 0 done, 1 error, 2 work to do."""
    _collect_no_garbage_yet()
    # Else it reads what every library of the installation says about itself.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    from clickup_mlops import endings
    from clickup_mlops.interfaces.cli._root import run

    endings.clean_up_first()
    sys.exit(run(sys.argv[1:]))


def _collect_no_garbage_yet() -> None:
    """Modules are next to none. To look for it among them takes a seventh of the time of a command
    that only answers, and a fifth once more when Python ends. From the first collection on Python
    does as it always does.
    """
    atexit.register(gc.freeze)
    usual_thresholds = gc.get_threshold()

    def do_as_always(_phase: str, _info: object) -> None:
        gc.callbacks.remove(do_as_always)
        gc.set_threshold(*usual_thresholds)

    gc.callbacks.append(do_as_always)
    gc.set_threshold(_OBJECTS_OF_A_START)
