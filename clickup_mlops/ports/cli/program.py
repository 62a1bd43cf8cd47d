"""How this program is called again from the folder where it was started: for commands to paste."""

import shutil
import sys
from pathlib import Path
from typing import Final

NAME: Final = "clickup-mlops"


def program() -> str:
    """`clickup-mlops` if the shell finds this one by its name, else its path."""
    executable = Path(sys.executable).with_name(NAME)
    on_path = shutil.which(NAME)
    if not executable.is_file() or (on_path and Path(on_path).absolute() == executable):
        return NAME
    working_folder = Path.cwd()
    return str(
        executable.relative_to(working_folder)
        if executable.is_relative_to(working_folder)
        else executable
    )
