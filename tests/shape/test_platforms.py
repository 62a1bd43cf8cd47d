"""The package can be imported where POSIX is not: on Windows. What is beyond that is not tested."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "clickup_mlops"
IMPORT_ALL = """
import builtins, importlib, os, pkgutil, signal, socket, sys

import clickup_mlops
names = [module.name for module in pkgutil.walk_packages(clickup_mlops.__path__, "clickup_mlops.")]
names = [name for name in names if not name.endswith(("__main__", "migrations.env"))]
for name in names:  # libraries are imported as they are here
    importlib.import_module(name)
for name in [name for name in sys.modules if name.partition(".")[0] == "clickup_mlops"]:
    del sys.modules[name]

LACKING = {"crypt", "curses", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource",
           "syslog", "termios", "tty", "granian"}
original = builtins.__import__
def without_posix(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "")
    if importer.partition(".")[0] == "clickup_mlops" and name.partition(".")[0] in LACKING:
        raise ModuleNotFoundError(f"{importer} imports {name}", name=name)
    return original(name, globals, locals, fromlist, level)
builtins.__import__ = without_posix
for module, attributes in {
    os: ("chown", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid",
         "getloadavg", "getpgid", "getuid", "killpg", "mkfifo", "pread", "pwrite",
         "register_at_fork", "sendfile", "setsid", "statvfs", "uname", "wait3", "O_NONBLOCK",
         "O_NOFOLLOW", "O_CLOEXEC",
         "O_DIRECTORY", "WNOHANG"),
    signal: ("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGKILL", "SIGPIPE", "SIGQUIT",
             "alarm", "pthread_kill", "pthread_sigmask", "setitimer", "sigwait"),
    socket: ("AF_UNIX", "SO_REUSEPORT", "TCP_INFO", "socketpair"),
}.items():
    for attribute in attributes:
        vars(module).pop(attribute, None)
failures = {}
for name in names:
    try:
        importlib.import_module(name)
    except Exception as problem:
        failures[name] = repr(problem)
print(len(names))
print(*(f"{name}: {problem}" for name, problem in failures.items()), sep="\\n")
sys.stdout.flush()
os._exit(bool(failures))
"""
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{name}{n}" for name in ("com", "lpt") for n in range(10)),
}
"""Names that Windows keeps for devices, whatever their ending."""
TEXT = {"read_text", "write_text"}


@pytest.mark.slow
def test_every_module_is_imported_without_posix() -> None:
    """Nor what only POSIX has of `os`, `signal` and `socket` is needed for that."""
    outcome = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True
    )

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert int(outcome.stdout.split()[0]) > 500


def test_every_file_can_be_checked_out_on_windows_and_macos() -> None:
    """No reserved name or character, none too long, and no two that differ by case alone."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = listing.stdout.rstrip("\0").split("\0")

    assert len(paths) == len({path.casefold() for path in paths})
    assert [path for path in paths if len(path) > 180 or not _is_portable(path)] == []


def _is_portable(path: str) -> bool:
    return all(
        not set(part) & set('<>:"|?*\\')
        and part.isprintable()
        and part[-1] not in ". "
        and part.split(".")[0].lower() not in RESERVED
        for part in path.split("/")
    )


def test_text_is_read_the_same_everywhere() -> None:
    """With its encoding: the system's own is another one on Windows."""
    calls = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _has_no_encoding(node)
    ]
    assert calls == []


def _has_no_encoding(node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in TEXT:
        return False
    is_positional = len(node.args) > (node.func.attr == "write_text")
    return not is_positional and "encoding" not in {keyword.arg for keyword in node.keywords}
