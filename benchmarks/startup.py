"""How long does the command line take to answer? `python benchmarks/startup.py`

Medians of RUNS fresh processes each, wall time in ms, and their CPU time (user and system), whose
lowest value says most on a busy machine. Baselines: the same Python doing nothing, and importing
the libraries that reading settings and store needs. The commands read an empty store.
Of `serve`, beside a sandbox, until `/healthz` answers, also its CPU time and resident memory, with
and without the dashboard in turns; its database exists.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from family import ROOT, cpu_s, environment, rss_mib

sys.path.insert(0, str(ROOT))

from clickup_mlops.sandbox import running
from clickup_mlops.store import Store
from tests.ports import reserve_port

RUNS = 15
CASES = {
    "python -c pass (baseline)": ["-c", "pass"],
    "import click": ["-c", "import click"],
    "import the libraries (baseline)": [
        "-c",
        "import click, pydantic_settings, sqlalchemy.dialects.sqlite",
    ],
    "clickup-mlops --version": ["-m", "clickup_mlops", "--version"],
    "clickup-mlops --help": ["-m", "clickup_mlops", "--help"],
    "clickup-mlops audit list": ["-m", "clickup_mlops", "audit", "list"],
    "clickup-mlops events list": ["-m", "clickup_mlops", "events", "list"],
    "clickup-mlops automations list": ["-m", "clickup_mlops", "automations", "list"],
    "clickup-mlops why": ["-m", "clickup_mlops", "why", "t1"],
    "import everything the bot runs": ["-c", "import clickup_mlops.bot.app"],
}


def once(arguments: list[str], url: str) -> tuple[float, float]:
    """Milliseconds that one fresh process takes, and those of its CPU time; `url` of its store."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(STORE__URL=url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # it was waited for here
    wall_ms = (time.perf_counter() - start) * 1000
    return wall_ms, (usage.ru_utime + usage.ru_stime) * 1000


def healthy(url: str, token: str, folder: str, dashboard: bool) -> tuple[float, float, float]:
    """Milliseconds until a fresh `serve` answers, those of its CPU time until then, and MiB."""
    port = reserve_port()
    settings = {"CLICKUP__TOKEN": token, "CLICKUP__BASE_URL": url, "SERVER__PORT": str(port)}
    if dashboard:
        settings["DASHBOARD__ENABLED"] = "true"
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "clickup_mlops", "serve"],
        cwd=folder,
        env=environment(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not _answers(port):
        time.sleep(0.005)
    wall_ms = (time.perf_counter() - start) * 1000
    spent = wall_ms, cpu_s(process.pid) * 1000, rss_mib(process.pid)
    process.terminate()
    process.wait()
    return spent


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
            return True
    except OSError:
        return False


def main() -> None:
    """Measure the cases in turns, so that a busy moment hits all of them alike."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in CASES}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bot.db"
        Store.open(url).close()
        for _ in range(RUNS):
            for name, arguments in CASES.items():
                times[name].append(once(arguments, url))
    for name, values in times.items():
        walls, cpus = zip(*values, strict=True)
        print(
            f"{name:34} {statistics.median(walls):6.0f} ms  (best {min(walls):.0f})"
            f"  CPU {statistics.median(cpus):.0f} ms (best {min(cpus):.0f})"
        )
    with running(rate_limit=0) as sandbox, tempfile.TemporaryDirectory() as folder:
        at = sandbox.url, sandbox.token, folder
        starts = [(healthy(*at, False), healthy(*at, True)) for _ in range(RUNS)][1:]
    names = ("clickup-mlops serve, until healthy", "  with the dashboard")
    for name, result in zip(names, zip(*starts, strict=True), strict=True):
        walls, cpus, sizes = zip(*result, strict=True)
        print(
            f"{name:34} {statistics.median(walls):6.0f} ms  (best {min(walls):.0f})"
            f"  CPU {statistics.median(cpus):.0f} ms (best {min(cpus):.0f})"
            f"  {statistics.median(sizes):.0f} MiB"
        )


if __name__ == "__main__":
    main()
