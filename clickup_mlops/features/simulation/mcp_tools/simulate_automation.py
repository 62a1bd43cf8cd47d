"""Show what automations would have done with the recorded events. Writes nothing, makes no call.

Name one automation, or give a `draft`: the text of an automation's TOML file that is not installed,
to try it before a person installs it; it may take two minutes and a gigabyte. Without both, all
that are not off are simulated. The bot's own evaluator runs; caps, latches and automations that
trigger each other are included.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from pydantic import Field

from clickup_mlops import config, logs
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import InputError
from clickup_mlops.features.simulation.operations.simulate import Question, simulate
from clickup_mlops.features.simulation.simulated import Did, Simulated
from clickup_mlops.operations.automations.files import must_exist
from clickup_mlops.ports.mcp import bounded
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import (
    Answer,
    AutomationName,
    Limit,
    Quoted,
    Since,
    Tool,
    iso,
    quoted,
    since_ms,
)

Draft = Annotated[
    str | None, Field(max_length=20_000, description="TOML of an automation, with its examples.")
]


class Share(Answer):
    """What one automation would have done."""

    automation: str
    writes: int
    tasks: int
    cap_hits: int
    problems: int


class Write(Answer):
    """One action, `state` done, or what kept it from being done."""

    at: str
    """ISO 8601, UTC."""
    task_id: str
    task_name: Quoted
    automation: str
    what: Quoted
    state: str


class Flip(Answer):
    """A value that automations changed and changed back."""

    task_id: str
    kind: str
    times: int
    automations: list[str]


class Simulation(Answer):
    """What would have happened; nothing was written."""

    since: str
    until: str
    events: int
    writes: int
    changed_tasks: int
    automations: list[Share]
    flips: list[Flip]
    """Signs of automations that work against each other, most often first."""
    actions: list[Write]
    """The newest ones first."""
    more_actions: int
    """Actions that are left out here."""


def call(
    access: Access,
    *,
    automation: AutomationName | None = None,
    draft: Draft = None,
    since: Since = "30d",
    limit: Limit = 20,
) -> Simulation:
    """Raises InputError: nothing is recorded, or a name is unknown; ContentError: the draft."""
    if automation and draft:
        raise InputError("give a name or a draft, not both", hint="A draft needs no name.")
    if automation:
        # By its name only: the use case takes files as well, and an agent may not name those.
        must_exist(access.settings.automations, automation)
    now_ms = access.now_ms()
    scope = since_ms(since, now_ms), now_ms, limit
    if draft is None:
        return _simulated(access, (automation,) if automation else (), *scope)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "draft.toml"
        file.write_text(draft, encoding="utf-8")
        return bounded.call(_apart, dict(access.settings), (str(file),), *scope)


def _apart(tables: dict[str, Any], *question: Any) -> Simulation:
    """In the other process, which gets the tables of the checked settings."""
    settings = Settings.model_construct(**tables)
    logs.redactor.hide(config.collect_secrets(settings))
    logs.configure("WARNING", json=settings.log.json_lines, name=settings.log.name)
    return _simulated(Access(settings), *question)


def _simulated(
    access: Access, names: tuple[str, ...], from_ms: int, until_ms: int, limit: int
) -> Simulation:
    with access.bot() as bot:
        return _answer(simulate(bot, Question(from_ms, until_ms, names)), limit)


def _answer(result: Simulated, limit: int) -> Simulation:
    newest = result.actions[: -limit - 1 : -1]
    return Simulation(
        since=iso(result.since_ms),
        until=iso(result.until_ms),
        events=result.events,
        writes=len(result.writes),
        changed_tasks=result.changed_tasks,
        automations=[
            Share(
                automation=share.automation,
                writes=share.done,
                tasks=share.tasks,
                cap_hits=share.capped,
                problems=share.problems,
            )
            for share in result.automations
        ],
        flips=[
            Flip(task_id=o.task_id, kind=o.kind, times=o.times, automations=[*o.automations])
            for o in result.flips[:limit]
        ],
        actions=[_write(action) for action in newest],
        more_actions=len(result.actions) - len(newest),
    )


def _write(action: Did) -> Write:
    return Write(
        at=iso(action.at_ms),
        task_id=action.task_id,
        task_name=quoted(action.task),
        automation=action.automation,
        what=quoted(action.text),
        state=action.state,
    )


TOOL = Tool(call)
