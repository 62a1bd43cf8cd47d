"""The command line. A command is a file here and a group is a folder: there is no list to maintain.

A command module has a docstring (its help) and defines `command`. Heavy imports stay inside the
function, so that `--help` and `--version` answer at once.
"""

import sys


def main() -> None:
    """Run the command line and leave with its exit code: 0 done, 1 error, 2 work to do."""
    from clickup_mlops import endings
    from clickup_mlops.interfaces.cli._root import run

    endings.clean_up_first()
    sys.exit(run(sys.argv[1:]))
