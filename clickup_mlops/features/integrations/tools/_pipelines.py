"""Runs of pipelines: the words of each tool for how a run ended, in the words of all."""

from typing import Final

from clickup_mlops.errors import BadPayload
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools._model import Report
from clickup_mlops.json_types import JsonObject

_STATES: Final = {
    "succeeded": ("success", "succeeded", "completed", "complete"),
    "failed": (
        "failed",
        "failure",
        "error",
        "crashed",
        "timedout",
        "upstream_failed",
        "timeout",
        "node_fail",
        "out_of_memory",
        "boot_fail",
    ),
    "running": ("running", "started", "starting"),
}
_ABOUT: Final = ("job_", "asset_materialization_")
"""What Dagster says first."""
_STATE: Final = {word: state for state, words in _STATES.items() for word in words}


def state_of(status: str) -> str:
    """`succeeded`, `failed` or `running`; empty for other words."""
    tool_word = read.word(status).rpartition(".")[2]
    for about in _ABOUT:
        tool_word = tool_word.removeprefix(about)
    return _STATE.get(tool_word, "")


def run_report(
    status: str,
    *,
    pipeline: str,
    run: str,
    data: JsonObject,
    once: str = "",
    link: object = None,
    **facts: object,
) -> Report:
    """The report about a run. Its type is the state, or the tool's own word if that is another one;
    its key is the pipeline: one task for it, however often it fails.
    """
    state, tool_word = state_of(status), read.word(status)
    return Report(
        type=state or tool_word or "report",
        once=once or read.digest(pipeline, run, tool_word, read.first(facts, "step", "attempt")),
        returns=not (once or run),
        key=read.ident(pipeline),
        title=read.text(f"{pipeline or run}: {state or tool_word}"),
        state=state,
        task=read.first(data, read.TASK),
        links=read.links(run=link),
        facts=read.facts(pipeline=pipeline, run=run, status=status, **facts),
        data=data,
    )


def named(data: JsonObject, *places: str) -> str:
    """The first name that is there. Raises BadPayload if none is: there is nothing to report."""
    name = read.first(data, *places)
    if not name:
        raise BadPayload(f"none of these is in the body: {', '.join(places)}")
    return name
