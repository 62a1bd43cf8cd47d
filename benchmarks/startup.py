"""How long does the command line take to answer? `python benchmarks/startup.py`

Medians of RUNS fresh processes each, wall time in ms. Baseline: the same Python doing nothing.
"""

import statistics
import subprocess
import sys
import time

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


def main() -> None:
    """Measure the cases in turns, so that a busy moment hits all of them alike."""
    times: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(RUNS):
        for name, arguments in CASES.items():
            times[name].append(once(arguments))
    for name, values in times.items():
        print(f"{name:34} {statistics.median(values):6.0f} ms  (best {min(values):.0f})")


if __name__ == "__main__":
    main()
