"""How long does the command line take to answer? `python benchmarks/startup.py`

Medians of RUNS fresh processes each, wall time in ms. Baseline: the same Python doing nothing.
Of `serve`, beside a sandbox, until `/healthz` answers, also its CPU time; its database exists.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from family import cpu_s

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from clickup_mlops.sandbox import running  # noqa: E402
from clickup_mlops.web.server import free_port  # noqa: E402

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
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def healthy(url: str, token: str, folder: str) -> tuple[float, float]:
    """Milliseconds until a fresh `serve` answers, and of its CPU time until then."""
    port = free_port("127.0.0.1", 0)
    settings = {"CLICKUP__TOKEN": token, "CLICKUP__BASE_URL": url, "SERVER__PORT": str(port)}
    prefixed = {f"CLICKUP_MLOPS_{key}": value for key, value in settings.items()}
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | prefixed
    start = time.perf_counter()
    command = [sys.executable, "-m", "clickup_mlops", "serve"]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not _answers(port):
        time.sleep(0.005)
    spent = (time.perf_counter() - start) * 1000, cpu_s(process.pid) * 1000
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
        starts = [healthy(sandbox.url, sandbox.token, folder) for _ in range(RUNS)][1:]
    walls, cpus = zip(*starts, strict=True)
    print(
        f"{'clickup-mlops serve, until healthy':34} {statistics.median(walls):6.0f} ms"
        f"  (best {min(walls):.0f})  CPU {statistics.median(cpus):.0f} ms"
    )


if __name__ == "__main__":
    main()
