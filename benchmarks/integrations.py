"""From a tool's report to the task that it makes: `python benchmarks/integrations.py [--json]`.

Every kind of integration, with the deliveries of its test cases, posted one after the other to the
whole bot (`clickup-mlops serve`), each under several names. One automation makes a task of each
report. The latency is the time from the start of the request to the task in the sandbox.

Baseline in the same run: the call that creates a task, made by the client alone.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests
import tomlkit
from events import ROOT, _wait, bot
from family import cpu_s

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox, running
from tests.ports import reserve_port

CASES = ROOT / "tests" / "cases" / "integrations"
REPEATS = 4
LIST = "Inbox"
AUTOMATION = """\
summary = "Creates a task for each report."
on = {on}
per = "workspace"
when = 'event.report.text("title") != "ignore"'
do = [{{ action = "create_task", list = "{list}", key = "${{event.key}}", name = "report" }}]
cap = 100000
mode = "on"

[[example]]
name = "A report"
report = {{ key = "one" }}
expect = [{{ action = "create_task" }}]

[[example]]
name = "None that is to be ignored"
report = {{ key = "two", title = "ignore" }}
expect = []
"""


@dataclass(frozen=True)
class Delivery:
    """A tool's request, and the integration that it goes to."""

    kind: str
    name: str
    body: bytes
    headers: dict[str, str]
    settings: dict[str, Any]
    types: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """Latencies in ms; CPU of the bot in ms a report."""

    case: str
    reports: int
    p50_ms: float
    worst_ms: float
    cpu_ms: float


def deliveries() -> Iterator[Delivery]:
    """The cases that report something, each under REPEATS names."""
    for file in sorted(CASES.glob("*/*.toml")):
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        types = tuple(dict.fromkeys(entry["type"] for entry in raw["report"] if "type" in entry))
        for number in range(REPEATS if types else 0):
            name = f"{file.parent.name}-{file.stem.lower().replace(' ', '-')}-{number}"
            name = "".join(
                character for character in name if character.isalnum() or character in "-_"
            )
            # Signatures of the cases are as old as they are.
            stored = {k: v for k, v in raw["headers"].items() if "signature" not in k.lower()}
            headers = stored | {"Authorization": "Bearer t0ken"}
            body = raw["body"].encode()
            yield Delivery(file.parent.name, name, body, headers, raw.get("settings", {}), types)


def configure(folder: Path, messages: list[Delivery], port: int) -> Path:
    """The settings' file, beside the automation."""
    local = folder / "automations"
    local.mkdir()
    on = sorted(
        {f"integration:{message.name}.{kind}" for message in messages for kind in message.types}
    )
    text = AUTOMATION.format(on=json.dumps(on), list=LIST)
    (local / "report_task.toml").write_text(text, encoding="utf-8")
    tables = {
        message.name: {
            "kind": message.kind,
            "secret": "s3cret",
            "token": "t0ken",
            **message.settings,
        }
        for message in messages
    }
    settings = {"automations": {"folder": str(local)}, "integrations": tables}
    settings["server"] = {"port": port}
    file = folder / "config.toml"
    file.write_text(tomlkit.dumps(settings), encoding="utf-8")
    return file


def measure() -> Iterator[Figures]:
    """One line for each kind."""
    messages, port = list(deliveries()), reserve_port()
    with running(rate_limit=0) as sandbox, tempfile.TemporaryDirectory() as name:
        yield baseline(sandbox)
        file = configure(Path(name), messages, port)
        with bot(sandbox, CONFIG=str(file), SERVER__PORT=str(port)) as process:
            for kind in sorted({message.kind for message in messages}):
                before = cpu_s(process.pid)
                waits = [
                    _wait_ms(sandbox, port, message) for message in messages if message.kind == kind
                ]
                spent = cpu_s(process.pid) - before
                yield _figures(kind, waits, spent)


def _wait_ms(sandbox: Sandbox, port: int, delivery: Delivery) -> float:
    existing = len(sandbox.control.writes(field="task_creation"))
    began = time.time()
    url = f"http://127.0.0.1:{port}/hooks/in/{delivery.name}"
    answer = requests.post(url, delivery.body, headers=delivery.headers, timeout=30)
    if not answer.ok:
        raise SystemExit(f"{delivery.name}: {answer.status_code} {answer.text}")
    _wait(lambda: len(sandbox.control.writes(field="task_creation")) > existing, 30)
    at_ms = max(write.at_ms for write in sandbox.control.writes(field="task_creation"))
    return at_ms - began * 1000


def baseline(sandbox: Sandbox, count: int = 50) -> Figures:
    """The call alone."""
    client, place = ClickUp(sandbox.token, base_url=sandbox.url), sandbox.control.list_id(LIST)
    waits, began = [], time.thread_time()
    for number in range(count):
        start = time.perf_counter()
        client.tasks.create(place, f"Task {number}")
        waits.append((time.perf_counter() - start) * 1000)
    return _figures("client alone (baseline)", waits, time.thread_time() - began)


def _figures(case: str, waits: list[float], spent_s: float) -> Figures:
    p50 = round(statistics.median(waits), 1)
    return Figures(
        case, len(waits), p50, round(max(waits), 1), round(spent_s / len(waits) * 1000, 1)
    )


def main() -> None:
    """Print a line for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line for each kind")
    as_json = parser.parse_args().json
    for measurement in measure():
        print(
            json.dumps(asdict(measurement))
            if as_json
            else f"{measurement.case:24} {measurement.reports:3} reports  "
            f"p50 {measurement.p50_ms:6.1f} ms  worst {measurement.worst_ms:6.1f} ms  "
            f"CPU {measurement.cpu_ms:5.1f} ms",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
