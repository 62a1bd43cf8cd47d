"""Discovery of a sandbox in a process of its own: prints its CPU, memory and calls as JSON."""

import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def peak_mib() -> float:
    """Of this program alone: what `getrusage` says begins with the memory of its parent."""
    status = Path("/proc/self/status").read_text()
    (peak,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(peak.split()[1]) / 1024


def main(url: str, token: str, folder: Path) -> None:
    from pydantic import SecretStr

    from clickup_mlops.bot.app import build
    from clickup_mlops.bot.settings import Settings
    from clickup_mlops.clickup.settings import ClickUpSettings
    from clickup_mlops.features.discovery.operations import discover, reading
    from clickup_mlops.store.settings import StoreSettings
    from tests.features.discovery.worlds import NOW, YEAR

    settings = Settings.model_construct(
        clickup=ClickUpSettings(token=SecretStr(token), base_url=url),
        store=StoreSettings(url=SecretStr(f"sqlite:///{folder / 'bot.db'}")),
    )
    with build(settings, clock=lambda: NOW) as bot:
        checkpoint = reading.FileCheckpoint(folder / "reading.jsonl")
        discovered = discover.discover(reading.read_clickup(bot, NOW - YEAR, NOW, checkpoint))
        discover.write(discovered, folder / "out", ("markdown", "html", "json"))
    findings = [(finding.kind, finding.place) for finding in discovered.conclusions.findings]
    result = {
        "cpu_s": time.process_time(),
        "mib": peak_mib(),
        "calls": discovered.conclusions.calls,
        "found": findings,
    }
    print(json.dumps(result))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
