"""What `check` looks at. Each check returns what it found, or raises an error with a hint."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from clickup_mlops import content
from clickup_mlops.automations.load import read_folder
from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.handling.results import runs
from clickup_mlops.bot.lanes import engines
from clickup_mlops.bot.outbound import outbound
from clickup_mlops.bot.sources import jobs
from clickup_mlops.cli import _clock
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.errors import ClickUpMlopsError, ConfigError

State = Literal["ok", "note", "problem", "skipped"]
HOOK_PATH = "/hooks/clickup"

Check = tuple[str, tuple[str, ...], Callable[[Bot], str]]
"""Name, checks that it builds upon, check."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. A note is worth knowing but stops nothing."""

    check: str
    state: State
    text: str
    hint: str = ""


class Note(ClickUpMlopsError):
    """Not wrong, but not what a team wants in the long run."""


def run(bot: Bot, checks: Sequence[Check] | None = None) -> Iterator[Finding]:
    """Every finding, in order. A check is skipped only if one that it builds upon has failed."""
    failed: set[str] = set()
    for name, needs, check in CHECKS if checks is None else checks:
        missing = failed.intersection(needs)
        if missing:
            failed.add(name)
            yield Finding(name, "skipped", f"needs: {', '.join(sorted(missing))}")
            continue
        finding = _one(name, check, bot)
        if finding.state == "problem":
            failed.add(name)
        yield finding


def _one(name: str, check: Callable[[Bot], str], bot: Bot) -> Finding:
    try:
        return Finding(name, "ok", check(bot))
    except Note as note:
        return Finding(name, "note", str(note), note.hint)
    except ClickUpMlopsError as problem:
        return Finding(name, "problem", str(problem), problem.hint)


def _token(bot: Bot) -> str:
    user = alone(bot).authorization.user()
    return f"{user.username} <{user.email}>"


def alone(bot: Bot) -> ClickUp:
    """A client that works although the store may not."""
    settings = bot.settings.clickup
    token = settings.token.get_secret_value()
    if not token:
        raise ConfigError(
            "clickup.token is not set",
            hint="Put it into the environment as CLICKUP_MLOPS_CLICKUP__TOKEN.",
        )
    return ClickUp(
        token,
        base_url=settings.base_url,
        oauth=settings.oauth,
        timeout_s=settings.timeout.total_seconds(),
        attempts=2,  # somebody waits for the answer
    )


def _workspace(bot: Bot) -> str:
    wanted = bot.settings.clickup.workspace_id
    seen = {one.id: one.name for one in alone(bot).authorization.workspaces()}
    names = ", ".join(f"{name} ({id_})" for id_, name in seen.items()) or "none"
    if wanted and wanted not in seen:
        raise ConfigError(f"clickup.workspace_id: the token sees {names}", hint="Use one of these.")
    if not wanted and len(seen) != 1:
        raise ConfigError(
            f"The token sees {names}", hint="Set clickup.workspace_id to one of them."
        )
    id_ = wanted or next(iter(seen))
    return f"{seen[id_]} ({id_})"


def _plan(bot: Bot) -> str:
    plan = bot.client.authorization.plan(bot.workspace_id)
    return f"{plan}, {bot.governor.budget().limit:,} calls a minute"


def _store(bot: Bot) -> str:
    depth = bot.store.inbox.depth(_clock.now_ms())
    where = bot.store.engine.url.render_as_string(hide_password=True)
    if depth.parked:
        raise Note(
            f"{depth.parked} event(s) are parked in {where}",
            hint="`clickup-mlops events list --state parked`",
        )
    return f"{where}, {depth.ready} event(s) waiting"


def _inbox(bot: Bot) -> str:
    now = _clock.now_ms()
    found = bot.store.stats.standstill(now, jobs.LANE)
    waits_s = 0 if found is None else (now - found.since_ms) // 1000
    if found is None or waits_s < bot.settings.engine.stalled_after.total_seconds():
        return "nothing stands still"
    text = f"events are due, and none was handled for {waits_s} s"
    if not found.held:
        raise Note(text, hint="Is `serve` running? It goes on where it stopped.")
    raise ConfigError(
        f"{text}, although {found.held} lane(s) are being worked on",
        hint="Restart `serve`: nothing is lost. /readyz and the log (`stalled`) say what hangs.",
    )


def _engine(bot: Bot) -> str:
    settings = bot.settings
    engines.create(settings.engine, settings.store.url.get_secret_value()).stop()
    return f"{settings.engine.kind}, {settings.engine.workers} workers"


def _webhook(bot: Bot) -> str:
    url = bot.settings.hooks.public_url
    _must_be_reachable(url)
    reports = bot.sources.hooks.list()
    problems = [f"{report.id}: {text}" for report in reports for text in report.problems]
    if problems:
        raise ConfigError("; ".join(problems), hint="`clickup-mlops hooks heal`, or just `serve`.")
    if not reports:
        raise Note("none is registered yet", hint="`serve` does it when it starts.")
    return f"{url} is {reports[0].health}"


def _must_be_reachable(url: str) -> None:
    if not url:
        raise Note(
            "hooks.public_url is not set: changes are only noticed every jobs.backfill_every",
            hint="Set it to the https address under which ClickUp reaches /hooks/clickup.",
        )
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.path.endswith(HOOK_PATH):
        raise ConfigError(f"hooks.public_url: {url} is not http(s)://…{HOOK_PATH}")


def _automations(bot: Bot) -> str:
    own = bot.settings.automations
    folder = content.folder("automations", own.folder)
    automations, problems = read_folder(folder, choices=own.by_name)
    outbound.check(automations, bot.settings.outbound)
    if problems:
        raise ConfigError("\n".join(map(str, problems)), hint=problems[0].hint)
    active = [automation for automation in automations if automation.mode != "off"]
    text = f"{len(active)} of {len(automations)} from {folder}"
    if own.mode == "shadow":
        text += ", in shadow mode: nothing is written to ClickUp"
    if lacking := [line for automation in active for line in lacks(automation)]:
        how = "docs/how-to/switch-automations-on.md. `clickup-mlops automations list` shows all."
        raise Note("\n".join([text, *lacking]), hint=how)
    if own.mode == "shadow":
        live = 'Set automations.mode = "on" when you agree with `clickup-mlops why TASK`.'
        raise Note(text, hint=live)
    return text


def _runs(bot: Bot) -> str:
    failed = runs.failures(bot.store, _clock.now_ms())
    if failed:
        raise Note("\n".join(failed), hint="See `clickup-mlops automations runs --failed`.")
    return "no run of an automation failed in the last 24 h"


def lacks(automation: Automation) -> Iterator[str]:
    """A line for each setting that an automation still needs."""
    for name in automation.lacks:
        actions = ", ".join(action for action, setting in automation.left_out if setting == name)
        yield f"automations.by_name.{automation.name}.settings.{name} is not set: no {actions}"


CHECKS: tuple[Check, ...] = (
    ("token", (), _token),
    ("workspace", ("token",), _workspace),
    ("store", (), _store),
    ("inbox", ("store",), _inbox),
    ("plan", ("workspace", "store"), _plan),
    ("webhook", ("workspace", "store"), _webhook),
    ("engine", ("store",), _engine),
    ("automations", (), _automations),
    ("runs", ("store",), _runs),
)
