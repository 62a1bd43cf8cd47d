"""Reading a tool or ClickUp for discovery. Writes nothing there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import orjson
from pydantic import TypeAdapter, ValidationError

from clickup_mlops import registry
from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.discovery import findings
from clickup_mlops.features.discovery.model import FindingType, Reading, Trace
from clickup_mlops.features.discovery.read import clickup, own_timeline, tool
from clickup_mlops.features.migration.operations.opening import kind_of
from clickup_mlops.features.migration.source import Selection
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.routing.classifier import classify
from clickup_mlops.store import Store

CLICKUP: Final = "clickup"
_SAMPLE: Final = 5
"""Tasks of a List that are looked up for its name; some may be gone."""
_PAGES: Final = TypeAdapter(list[Trace])
_PARTS: Final = {"integrations": "tools", "metrics": "sources"}
"""Folders of features whose modules join another tool, by the tool's name."""


OLDEST_MS: Final = 7 * 86_400_000
"""After so long, a reading that was interrupted begins anew."""


@dataclass(frozen=True, slots=True)
class FileCheckpoint:
    """A file that gets a line for each page that was read; removed when all is read."""

    path: Path

    def age_ms(self, now_ms: int) -> int | None:
        """How long ago a page was added, by this machine's clock; None: there is none. Pages of
        another week are removed: too many tasks have changed since.
        """
        if not self.path.exists():
            return None
        age_ms = now_ms - self.path.stat().st_mtime_ns // 1_000_000
        if age_ms <= OLDEST_MS:
            return age_ms
        self.remove()
        return None

    def load(self) -> list[Trace]:
        """The pages of an interrupted reading; a line that was cut is left out with all behind."""
        traces: list[Trace] = []
        for line in self.path.read_bytes().splitlines() if self.path.exists() else ():
            try:
                traces += _PAGES.validate_json(line)
            except ValidationError:
                break
        return traces

    def keep(self, traces: Sequence[Trace]) -> None:
        """Add a line. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(orjson.dumps(list(traces)) + b"\n")

    def remove(self) -> None:
        """All is read."""
        self.path.unlink(missing_ok=True)


def finding_types() -> dict[str, FindingType]:
    """By name. Raises ConfigError: a file defines none."""
    types: dict[str, FindingType] = registry.find(findings, "FINDING")
    return types


def list_joinable() -> Mapping[str, Sequence[str]]:
    """Parts of this program by the word in a host's name that they join, such as `mlflow`."""
    joinable: dict[str, list[str]] = {}
    for feature, folder in _PARTS.items():
        for file in sorted((registry.FEATURES / feature / folder).glob("[a-z]*.py")):
            part = f"{feature}.{file.stem}" if feature == "integrations" else None
            joinable.setdefault(file.stem, []).append(part or f"{feature}.{folder}.{file.stem}")
    return joinable


def read_tool(bot: Bot, kind: str, selection: Selection, now_ms: int) -> Reading:
    """Of an export, or of another tool's API.

    Raises:
        ConfigError: there is no such tool, or a setting is missing.
        InputError, ContentError: what was selected cannot be read; ApiError: the tool refused.
    """
    source = kind_of(kind).open(selection, bot.settings.table(MondaySettings))
    return tool.read(source, kind, now_ms, classifier())


def read_clickup(bot: Bot, since_ms: int, now_ms: int, checkpoint: FileCheckpoint) -> Reading:
    """Of the Workspace, with what the bot's timeline knows. Raises ApiError, ConfigError."""
    client, workspace = bot.client, bot.workspace_id
    result = clickup.read(client, workspace, since_ms, classifier(), checkpoint)
    bot_name = result.names.get(str(bot.core.user_id), "")
    entries = own_timeline.read(bot.store, workspace, since_ms, now_ms)
    traces = own_timeline.join(result.traces, entries, now_ms, bot_name)
    traces = [_without(trace, bot_name) for trace in traces]
    checkpoint.remove()
    lacking = dict(own_timeline.lacking(traces))
    return Reading("ClickUp", traces, now_ms, lacking, result.names, (), client.calls)


def read_store(store: Store, workspace: str, start_ms: int, now_ms: int) -> Reading:
    """Of the bot's timeline alone, without a call: tasks that were created since `start_ms`."""
    workloads = store.decisions.workloads_before(now_ms)
    entries = own_timeline.read(store, workspace, start_ms, now_ms)
    traces = own_timeline.build_traces(entries, workloads, now_ms)
    names = _name_lists(store, traces)
    traces = [
        replace(trace, place=names.get(trace.place, f"List {trace.place}")) for trace in traces
    ]
    return Reading("the bot's timeline", traces, now_ms, dict(own_timeline.lacking(traces)))


def _name_lists(store: Store, traces: Sequence[Trace]) -> dict[str, str]:
    """Names of Lists by id, from a task of each that the bot has read."""
    by_list: dict[str, list[str]] = {}
    for trace in traces:
        by_list.setdefault(trace.place, []).append(trace.id)
    latest = [task_id for ids in by_list.values() for task_id in ids[-_SAMPLE:]]
    tasks = [Task.parse(row.raw) for row in store.mirror.get_many(latest).values()]
    return {task.list_id: task.list_name for task in tasks}


def classifier() -> Callable[[str, str], str]:
    """Workload by title and text; empty: unclear."""
    model = classify.load()

    def workload(title: str, text: str) -> str:
        if not title.strip() and not text.strip():
            return ""
        classification = model.classify(title, text)
        return "" if classification.abstain else classification.workload

    return workload


def _without(trace: Trace, bot_name: str) -> Trace:
    """What the bot created nobody reported."""
    return replace(trace, reporter="") if bot_name and trace.reporter == bot_name else trace
