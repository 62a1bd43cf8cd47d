#!/usr/bin/env python3
"""Run clickup-mlops from a bare clone; needs only Python 3.11 or newer.

    python3 run.py demo     the sandbox, the bot and a scripted team, live
    python3 run.py check    the project's one check: format, lint, types, architecture, docs, tests
    python3 run.py test     only tests: `test tests/commands` those of a folder, in seconds

Any other command works too (`python3 run.py sandbox serve`); `python3 run.py --help` lists them.
Words after `check` and `test` go to pytest. The first run makes a virtual environment in .venv and
installs the project into it; later runs use it as it is until pyproject.toml changes.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
KINDS = {"run": ["-e", ".[network]"], "check": ["-e", ".", "--group", "dev"]}


def main(arguments):
    """Prepare what the command needs, run it and return its exit code."""
    if sys.version_info < OLDEST:
        version = ".".join(map(str, sys.version_info[:3]))
        return fail(
            f"Python {version} is too old: clickup-mlops needs 3.11 or newer.",
            "Start this file with a newer one, for example: python3.11 run.py demo",
        )
    if not arguments:
        print(__doc__.strip())
        return 0
    command, *rest = arguments
    kind = "check" if command in ("check", "test") else "run"
    if not (is_ready(kind) or make_ready(kind)):
        return 1
    if kind == "check":
        os.chdir(ROOT)
        return become("pytest", *rest) if command == "test" else become("nox", "--", *rest)
    return become("clickup_mlops", *arguments)


def become(module, *arguments):
    """Go on as that program: it gets the signals, and its exit code is ours."""
    command = [str(PYTHON), "-m", module, *arguments]
    if os.name == "nt":
        return subprocess.call(command)  # there a program that is replaced counts as ended
    sys.stdout.flush()
    sys.stderr.flush()
    return os.execv(command[0], command)


def is_ready(kind):
    """Is the environment there, alive, and as pyproject.toml wants it?"""
    # What the check needs includes what a run needs.
    stamps = [stamp(k) for k in ("check", kind)]
    return any(s.is_file() and s.read_text() == wanted() for s in stamps) and is_alive()


def make_ready(kind):
    """Create the environment if need be and install into it; False after saying what is wrong."""
    if not is_alive() and not create():
        return False
    say("Installing clickup-mlops into .venv; the first time this takes a minute or two ...")
    if not (pip("--upgrade", "pip>=25.1") and pip(*KINDS[kind])):
        fail(
            "Installing failed; pip's own message is above.",
            "It needs a Python package index. If .venv itself is broken, delete it and try again.",
        )
        return False
    stamp(kind).write_text(wanted())
    return True


def create():
    """Make .venv; False after saying what this Python lacks."""
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        package = "python{}.{}-venv".format(*sys.version_info)
        fail(
            "This Python cannot make virtual environments (venv or ensurepip is missing).",
            f"On Debian or Ubuntu: apt install {package}",
        )
        return False
    say("Creating the virtual environment .venv ...")
    venv.create(VENV, clear=True, with_pip=True)
    return True


def is_alive():
    """Does .venv have a Python that still runs? (Its base may have been removed or upgraded.)"""
    try:
        return subprocess.call([PYTHON, "-c", ""]) == 0
    except OSError:
        return False


def pip(*what):
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what]
    return subprocess.call(command, cwd=ROOT) == 0


def wanted():
    """What the environment must match: the project's metadata and the place of the clone."""
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + bytes(ROOT)).hexdigest()


def stamp(kind):
    return VENV / f"installed-for-{kind}"


def say(text):
    print(text, file=sys.stderr, flush=True)


def fail(problem, hint):
    say(f"Error: {problem}\nHint: {hint}")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
