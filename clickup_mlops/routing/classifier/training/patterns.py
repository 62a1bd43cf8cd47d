"""Patterns: many examples from few words, in `corpus/*.toml`.

    [slots]
    model = ["GPT-4.1", "the chat model"]

    [titles]
    live = ["Elevated errors on {x}", "{x} is down"]

    [bodies]
    live = ["", "We are investigating."]

    [[patterns]]
    workload = "inference"
    incident = true        # false if absent
    subjects = ["model"]   # the slots that {x} is drawn from
    titles = "live"
    bodies = "live"
    count = 300            # at most so many lines

They teach what a few hand-written lines cannot: that each subject meets each way of speaking.
The same file always gives the same lines.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from clickup_mlops.content import read_toml
from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.model import WORKLOADS
from clickup_mlops.routing.classifier.training.examples import FOLDER, Example

_SLOT = re.compile(r"\{(\w+)\}")
_SUBJECT = "x"
_TRIES = 5  # lines tried for one that is new


def list_pattern_files(folder: Path = FOLDER) -> list[Path]:
    """The files of patterns, in name order."""
    return sorted(folder.glob("*.toml"))


def read_patterns(paths: Iterable[Path]) -> list[Example]:
    """The examples that the patterns make.

    Raises:
        ContentError: a file cannot be read, or a pattern names something that is not there.
    """
    examples: dict[Example, None] = {}
    for path in paths:
        data = read_toml(path)
        for number, pattern in enumerate(data.get("patterns", ()), start=1):
            try:
                examples.update(
                    dict.fromkeys(_expand_pattern(data, pattern, Random(f"{path.name} {number}")))
                )
            except (KeyError, IndexError, TypeError, ValueError) as problem:
                raise ContentError(path, f"pattern {number}", f"missing or wrong: {problem}") from (
                    problem
                )
    return list(examples)


def _expand_pattern(
    data: Mapping[str, Any], pattern: Mapping[str, Any], chance: Random
) -> list[Example]:
    workload, count = pattern["workload"], int(pattern["count"])
    if workload not in WORKLOADS:
        raise ValueError(f"workload {workload!r}")
    slots = dict(data["slots"])
    slots[_SUBJECT] = [word for name in pattern.get("subjects", ()) for word in slots[name]]
    titles, bodies = data["titles"][pattern["titles"]], data["bodies"][pattern["bodies"]]
    examples: dict[Example, None] = {}
    for turn in range(_TRIES * count):
        title = _fill_slots(titles[turn % len(titles)], slots, chance)
        body = _fill_slots(chance.choice(bodies), slots, chance)
        examples[Example(workload, bool(pattern.get("incident")), title, body)] = None
        if len(examples) == count:
            break
    return list(examples)


def _fill_slots(text: str, slots: Mapping[str, list[str]], chance: Random) -> str:
    while slot := _SLOT.search(text):
        text = text[: slot.start()] + chance.choice(slots[slot[1]]) + text[slot.end() :]
    return text[:1].upper() + text[1:]
