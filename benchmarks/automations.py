"""What an evaluation costs: `python benchmarks/automations.py [--json]`, CPU for each event.

10,000 events through automations that differ in their condition and text. Baseline: the same
automations, none of which listens to the event.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clickup_mlops.automations.engine import evaluate
from clickup_mlops.automations.load import find_actions, read
from clickup_mlops.automations.model import Automation, Situation
from clickup_mlops.clickup.model import Event, Task

EVENTS = 10_000
NOW_MS = 1_767_614_400_000
AUTOMATION = """
summary = "Number {n}."
on = ["taskUpdated"]
when = '''task.open && task.list == "Serving" && "inference" in task.tags
  && now - task.created > duration("{n}h")'''
do = [{{ action = "add_tag", tag = "t{n} ${{task.name}}" }}]
[[example]]
name = "acts"
expect = [{{ action = "add_tag" }}]
[[example]]
name = "stays quiet"
expect = []
"""


def automations(count: int) -> list[Automation]:
    """So many automations; about two in three fire."""
    actions = find_actions()
    with tempfile.TemporaryDirectory() as folder:
        result = []
        for n in range(count):
            path = Path(folder, f"r{n}.toml")
            path.write_text(AUTOMATION.format(n=n), encoding="utf-8")
            result.append(read(path, actions))
        return result


def task(number: int) -> Task:
    """One of the tasks, up to a day old."""
    return Task.parse(
        {
            "id": f"t{number}",
            "name": f"Ranker {number}",
            "list": {"id": "9", "name": "Serving"},
            "status": {"status": "to do", "type": "open"},
            "tags": [{"name": "inference"}],
            "date_created": str(NOW_MS - number % 24 * 3_600_000),
        }
    )


def measure(kind: str, chosen: Sequence[Automation]) -> tuple[float, int]:
    """Microseconds of CPU for each event, and how many actions were wanted in all."""
    start, expected = time.process_time(), 0
    for number in range(EVENTS):
        event = Event(f"k{number}", "w", kind, f"t{number}", "9", None, None, (), NOW_MS, {})
        expected += len(evaluate(chosen, Situation(event, task(number), NOW_MS, _never, {})))
    return (time.process_time() - start) / EVENTS * 1e6, expected


def _never() -> Any:
    raise AssertionError("no condition asks routing here")


def main(argv: Sequence[str] | None = None) -> None:
    """Run all cases and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line for each case")
    as_json = parser.parse_args(argv).json
    cases = [("nobody listens (baseline)", "taskMoved", 12), ("1 automation", "taskUpdated", 1)]
    for name, kind, count in [*cases, ("12 automations", "taskUpdated", 12)]:
        each_us, expected = measure(kind, automations(count))
        if as_json:
            print(json.dumps({"case": name, "us_per_event": each_us, "actions": expected}))
        else:
            print(f"{name:26} {each_us:7.1f} µs CPU an event  {expected:7} actions")


if __name__ == "__main__":
    main()
