"""How long does the command line take to answer? `python benchmarks/startup.py`

Medians of RUNS fresh processes each, wall time in ms. Baseline: the same Python doing nothing.
Of `serve`, beside a sandbox, until `/healthz` answers, also its CPU time and resident memory, with
and without the dashboard in turns; its database exists.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from family import ROOT, cpu_s, environment, rss_mib

sys.path.insert(0, str(ROOT))

from clickup_mlops.sandbox import running
from tests.ports import reserve_port

RUNS = 15
CASES = {
    "python -c pass (baseline)": ["-c", "pass"],
    "import click": ["-c", "import click"],
    "clickup-mlops --version": ["-m", "clickup_mlops", "--version"],
    "clickup-mlops --help": ["-m", "clickup_mlops", "--help"],
    "import everything the bot runs": ["-c", "import clickup_mlops.bot.app"],
}


def once(arguments: list[str]) -> float:
    """Milliseconds that one fresh process takes."""
    start = time.perf_counter()
    command = [sys.executable, *arguments]
    subprocess.run(command, env=environment(), check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


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
    times: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(RUNS):
        for name, arguments in CASES.items():
            times[name].append(once(arguments))
    for name, values in times.items():
        print(f"{name:34} {statistics.median(values):6.0f} ms  (best {min(values):.0f})")
    with running(rate_limit=0) as sandbox, tempfile.TemporaryDirectory() as folder:
        at = sandbox.url, sandbox.token, folder
        starts = [(healthy(*at, False), healthy(*at, True)) for _ in range(RUNS)][1:]
    names = ("clickup-mlops serve, until healthy", "  with the dashboard")
    for name, found in zip(names, zip(*starts, strict=True), strict=True):
        walls, cpus, sizes = zip(*found, strict=True)
        print(
            f"{name:34} {statistics.median(walls):6.0f} ms  (best {min(walls):.0f})"
            f"  CPU {statistics.median(cpus):.0f} ms (best {min(cpus):.0f})"
            f"  {statistics.median(sizes):.0f} MiB"
        )


if __name__ == "__main__":
    main()
