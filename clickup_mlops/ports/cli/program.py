"""How this program is called again from the folder where it was started: for commands to paste."""

import shutil
import sys
from pathlib import Path
from typing import Final

NAME: Final = "clickup-mlops"


def program() -> str:
    """`clickup-mlops` if the shell finds this one by its name, else its path."""
    own = Path(sys.executable).with_name(NAME)
    found = shutil.which(NAME)
    if not own.is_file() or (found and Path(found).absolute() == own):
        return NAME
    here = Path.cwd()
    return str(own.relative_to(here) if own.is_relative_to(here) else own)
