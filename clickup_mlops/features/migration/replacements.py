"""What replaces what only people can rebuild: ClickUp itself, one of our automations, or nothing.

A small table of words, not an analysis: it names the first thing to look at. Pure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, Literal

from clickup_mlops.features.migration.records import Manual

How = Literal["native", "automation", "none"]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What stands in for something of the source. `automation`: the name of one of ours."""

    board: str
    kind: str
    name: str
    details: str
    how: How
    what: str
    automation: str = ""


@dataclass(frozen=True, slots=True)
class _Rule:
    """Applies if the kind has `kind` in it and name or details match `words`."""

    kind: str
    words: str
    how: How
    advice: str
    automation: str = ""

    def applies(self, kind: str, text: str) -> bool:
        return self.kind in kind and re.search(self.words, text) is not None


def _ours(words: str, name: str, advice: str) -> _Rule:
    return _Rule("automation", words, "automation", advice, name)


def _native(kind: str, words: str, advice: str) -> _Rule:
    return _Rule(kind, words, "native", advice)


_RULES: Final = (
    _ours(r"\b(outage|incident|sev ?[0-3])", "live_incident", "handles a live incident"),
    _ours(r"\balert", "alert_incident", "one incident task for each alert"),
    _ours(r"\bblock(s|ed|er|ing)?\b", "blocked_inference", "raises what blocks inference"),
    _ours(r"\bgpu\b", "gpu_budget", "warns about the GPU budget of a run"),
    _ours(r"\b(slo|sla|latency|error rate)\b", "slo_breach", "reports a breach and its recovery"),
    _ours(r"\b(rollout|canary)\b", "rollout_gate", "marks a rollout that performs worse"),
    _ours(r"\ba/b\b|\bab test", "ab_test_ended", "a checklist when an A/B test ends"),
    _ours(r"\bpipeline\b.*\bfail", "pipeline_failed", "one data task for each failed pipeline"),
    _ours(r"\bmodel\b.*\bregist", "model_registered", "a deployment task for each version"),
    _ours(r"\bmodel\b.*\bpromot", "model_promoted", "a deployment checklist for each version"),
    _ours(r"\bdeploy.*\b(done|live|finish)", "deployment_done", "closes finished deployments"),
    _ours(r"\b(run|training)\b.*\b(done|finish)", "run_finished", "an evaluation subtask"),
    _ours(r"\b(stale|inactive|not updated|no update)", "stale_training_run", "asks for an update"),
    _ours(r"\btriage\b", "missing_triage", "sends unsorted tasks to triage"),
    _ours(r"\b(unassigned|no (owner|assignee))", "inference_unassigned", "assigns urgent tasks"),
    _ours(r"\bpriority\b", "inference_first", "sets the priority of every task"),
    _Rule("automation", r"\bwebhook", "native", "an action `webhook` in an automation of the bot"),
    _native("automation", r"", "ClickUp Automation with the same trigger and action"),
    _native("dashboard", r"", "ClickUp Dashboard with cards over the new Lists"),
    _native("form", r"", "ClickUp Form view on the List"),
    _native("view", r"\bform\b", "ClickUp Form view on the List"),
    _native("view", r"kanban|\bboard\b", "Board view"),
    _native("view", r"gantt", "Gantt view"),
    _native("view", r"calendar", "Calendar view"),
    _native("view", r"timeline", "Timeline view"),
    _native("view", r"workload", "Workload view"),
    _native("view", r"chart|battery|number", "card on a ClickUp Dashboard"),
    _native("view", r"\bmap\b|location", "Map view"),
    _native("view", r"", "List or Table view with the same filter"),
    _native(
        "integration",
        r"slack|teams|github|gitlab|bitbucket|google|drive|outlook|zoom|figma"
        r"|jira|sentry|hubspot|zendesk|dropbox|onedrive|e-?mail|gmail",
        "ClickUp integration",
    ),
    _Rule("webhook", r"", "native", "an action `webhook` in an automation of the bot"),
    _native("doc", r"", "ClickUp Doc, copied by hand"),
    _native("formula", r"", "ClickUp formula field with the same formula"),
    _native("mirror", r"", "ClickUp rollup field over the relationship"),
    _native("button", r"", "ClickUp button field with an Automation"),
)
_NOTHING: Final = "nothing in ClickUp or in the bot: check whether it is still needed"


def replacement(manual: Manual, board: str = "") -> Replacement:
    """What to use in its place; `board` is the board's name."""
    kind, text = manual.kind.lower(), f"{manual.name} {manual.details}".lower()
    rule = next((candidate for candidate in _RULES if candidate.applies(kind, text)), None)
    how, advice, automation = (rule.how, rule.advice, rule.automation) if rule else _NONE
    return Replacement(board, manual.kind, manual.name, manual.details, how, advice, automation)


_NONE: Final[tuple[How, str, str]] = ("none", _NOTHING, "")


def inventory(manual: Iterable[tuple[str, Manual]]) -> tuple[Replacement, ...]:
    """All of them (each with its board's name), sorted by board, kind and name."""
    replacements = [replacement(manual_step, board) for board, manual_step in manual]
    return tuple(sorted(replacements, key=attrgetter("board", "kind", "name", "details")))
