"""Processes of this checkout, and what they and their children use, from `/proc`."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def environment(**settings: str) -> dict[str, str]:
    """For a process of this checkout with these settings of the bot. As where it is installed,
    bytecode is kept: without, every start would compile all modules, a quarter of a second.
    """
    prefixed = {f"CLICKUP_MLOPS_{key}": value for key, value in settings.items()}
    stored = {key: v for key, v in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return stored | {"PYTHONPATH": str(ROOT)} | prefixed


def rss_mib(pid: int) -> float:
    """Resident memory, MiB. What they share is counted for each of them."""
    return sum(_kib(member, "VmRSS") for member in _members(pid)) / 1024


def cpu_s(pid: int) -> float:
    """CPU seconds so far, user and system."""
    return sum(sum(map(int, _stat(member)[11:13])) for member in _members(pid)) * _TICK_S


def _members(pid: int) -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if pid in (int(process.name), int(_stat(process)[1])):
                yield process
        except OSError:
            continue  # it ended meanwhile


def _stat(process: Path) -> list[str]:
    return (process / "stat").read_text().rsplit(")", 1)[1].split()


def _kib(process: Path, name: str) -> int:
    lines = (process / "status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
