"""Doctor: diagnose an installed bot. All of `check`, and what only shows once it runs."""

import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Final

from clickup_mlops import config
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.lanes import engines
from clickup_mlops.errors import ConfigError
from clickup_mlops.operations import findings
from clickup_mlops.operations.check import CHECKS, direct_client
from clickup_mlops.operations.findings import Check, Finding, Note, find_checks
from clickup_mlops.operations.login import find_source
from clickup_mlops.operations.outage import fetched, why_late
from clickup_mlops.operations.times import when
from clickup_mlops.spelling import format_count
from clickup_mlops.store import Store
from clickup_mlops.store.database.missing_database import NoStore
from clickup_mlops.store.database.opening import parse_url
from clickup_mlops.views.text import format_ago
from clickup_mlops.views.text import format_duration as span

GUEST: Final = 4
ROLES: Final[Mapping[int, str]] = {1: "owner", 2: "admin", 3: "member", GUEST: "guest"}

LATE_MS: Final = 60_000
"""An event that waits longer gets a note."""
STUCK_MS: Final = 900_000
"""An event that waits longer is a problem."""
SKEW_MS: Final = 5_000
"""A clock difference worth a note: `Date` headers have whole seconds, and answers take time."""
SKEW_TOO_MUCH_MS: Final = 60_000
"""Beyond this the bot takes its own echoes for people's changes."""
LOW_BYTES: Final = 2**30
FULL_BYTES: Final = 100 * 2**20


def _sign_in(bot: Bot) -> str:
    """Where the token comes from."""
    source = find_source(bot.settings)
    return f"token from {source}" if source else "nobody is signed in"


def _files(chosen: Path | None, _bot: Bot) -> str:
    file = config.find_settings_file(chosen)
    if file is None:
        return "no file: environment and defaults"
    if "token" in file.read_text(encoding="utf-8") and file.stat().st_mode & 0o077:
        mode = stat.filemode(file.stat().st_mode)
        raise Note(
            f"{file} names a token and others may read it ({mode})", hint=f"chmod 600 {file}"
        )
    return str(file)


def _role(bot: Bot) -> str:
    me = direct_client(bot).authorization.user()
    role = direct_client(bot).authorization.roles(bot.workspace_id).get(me.id or 0, 0)
    name = ROLES.get(role, f"custom role {role}")
    if role == GUEST:
        raise ConfigError(
            "the token's user is a guest: it can neither register webhooks nor see every List",
            hint="Invite the bot's user as a member, or use a member's token.",
        )
    return f"{name}; personal and OAuth tokens may do what their user may do"


def _limits(bot: Bot) -> str:
    budget = bot.governor.budget()
    remaining = max(0, budget.limit - budget.used)
    if budget.paused_ms > bot.now_ms():
        raise Note(
            f"ClickUp answered 429: calls pause until {when(budget.paused_ms)}",
            hint="Something else uses this token: give the bot a user of its own.",
        )
    return f"{remaining:,} of {budget.limit:,} calls left in this minute"


def _clocks(bot: Bot) -> str:
    # Not the bot's clock, which follows ClickUp's.
    own_ms = bot.core.now_ms.own_ms
    before = own_ms()
    answer = fetched(f"{bot.settings.clickup.base_url}/api/v2/user")
    after = own_ms()
    if "Date" not in answer.headers:
        return "ClickUp's answer has no Date"
    clickup_ms = int(parsedate_to_datetime(answer.headers["Date"]).timestamp() * 1000)
    return checked_skew((before + after) // 2 - clickup_ms)


def checked_skew(ahead_ms: int) -> str:
    """Words for how far this machine's clock is ahead of ClickUp's.

    Raises:
        Note: it differs; ConfigError: too much to distinguish echoes from people's changes.
    """
    text = f"{abs(ahead_ms) / 1000:.0f} s {'ahead of' if ahead_ms > 0 else 'behind'} ClickUp's"
    hint = "Have the clock set by NTP, for example `timedatectl set-ntp true`."
    if abs(ahead_ms) > SKEW_TOO_MUCH_MS:
        raise ConfigError(f"this clock is {text}", hint=hint)
    if abs(ahead_ms) > SKEW_MS:
        raise Note(f"this clock is {text}", hint=hint)
    return f"within {SKEW_MS // 1000} s of ClickUp's"


def _schema(bot: Bot) -> str:
    try:
        Store.existing(bot.settings.store.url.get_secret_value()).close()
    except NoStore as absent:
        raise Note(str(absent), hint=absent.hint) from None
    return "the tables are up to date"


def _file(bot: Bot) -> Path | None:
    """The database's file as configured: without one, the bot's store is in a temporary folder."""
    url = parse_url(bot.settings.store.url.get_secret_value())
    is_sqlite = url.get_backend_name() == "sqlite"
    return Path(url.database or ".").absolute() if is_sqlite else None


def _permissions(bot: Bot) -> str:
    """The database holds webhook secrets and texts of tasks."""
    file = _file(bot)
    if file is None:
        return "managed by the database server"
    files = [file, *(file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))]
    wide = [path for path in files if path.exists() and path.stat().st_mode & 0o077]
    if wide and file.parent.stat().st_mode & 0o077:
        raise Note(
            f"others may read {', '.join(path.name for path in wide)}"
            f" ({stat.filemode(wide[0].stat().st_mode)}) in {file.parent}",
            hint=f"chmod 600 {' '.join(map(str, wide))}; run the bot with umask 077.",
        )
    return "only this user can read the database" if file.exists() else "no database yet"


def _disk(bot: Bot) -> str:
    file = _file(bot)
    if file is None:
        return "managed by the database server"
    size = sum(path.stat().st_size for path in file.parent.glob(f"{file.name}*"))
    return checked_space(shutil.disk_usage(file.parent).free, size, str(file.parent))


def checked_space(free: int, used: int, where: str) -> str:
    """Words for the free bytes where the database is, and the bytes that it takes.

    Raises:
        Note: there is little; ConfigError: there is almost none.
    """
    text = f"{free / 2**20:,.0f} MiB free in {where}, the database takes {used / 2**20:,.1f} MiB"
    if free < FULL_BYTES:
        raise ConfigError(text, hint="Free some space: events are refused when the disk is full.")
    if free < LOW_BYTES:
        raise Note(text, hint="Free some space, or shorten [retention].")
    return text


def _address(bot: Bot) -> str:
    url = bot.settings.hooks.public_url
    if not url:
        raise Note("hooks.public_url is not set", hint="Set it, or changes are noticed late.")
    try:
        answer = fetched(url)
    except ConfigError as problem:
        raise Note(
            f"{problem}, seen from this machine",
            hint="Is `serve` running and the proxy in front of it? Behind NAT try it from outside.",
        ) from problem
    if answer.status_code != 405 or "POST" not in answer.headers.get("Allow", ""):
        raise ConfigError(
            f"{url} answers {answer.status_code}, which is not this bot's receiver",
            hint="The proxy must pass /hooks/clickup on to server.port.",
        )
    return f"{url} reaches the receiver"


def _lag(bot: Bot) -> str:
    now = bot.now_ms()
    backlog = bot.store.stats.backlog(now)
    waits = 0 if backlog.oldest_ms is None else now - backlog.oldest_ms
    if backlog.oldest_ms is None:
        return "no event is waiting"
    text = (
        f"{format_count(backlog.ready + backlog.waiting, 'event')} waiting, the oldest for "
        f"{span(waits)}"
    )
    if waits > STUCK_MS:
        running = "Is `serve` running? Its log says what it waits for."
        raise ConfigError(text, hint=why_late(bot) or running)
    if waits > LATE_MS:
        raise Note(text, hint="`clickup-mlops events list --state ready` shows them.")
    return text


def _jobs(bot: Bot) -> str:
    now, last = bot.now_ms(), bot.store.stats.jobs()
    if not last:
        raise Note("no job has run yet", hint="They run while `clickup-mlops serve` runs.")
    due = {job.name: 3 * job.every for job in bot.jobs.registered if job.name in last}
    late = [name for name, longest in due.items() if _ago(now, last[name]) > longest]
    if late:
        raise ConfigError(
            f"overdue: {', '.join(late)}",
            hint=why_late(bot) or "Is `serve` running? Its log has the reason under `cron:<job>`.",
        )
    return ", ".join(f"{name} {format_ago(at_ms, now)}" for name, at_ms in last.items())


def _ago(now_ms: int, at_ms: int) -> timedelta:
    return timedelta(milliseconds=max(0, now_ms - at_ms))


def _classifier(bot: Bot) -> str:
    _ = bot.context.classifier
    return "model and the team's vocabulary can be read"


def _broker(bot: Bot) -> str:
    url = bot.settings.store.url.get_secret_value()
    engine = engines.create(bot.settings.engine, url)
    ping = getattr(engine, "ping", None)
    try:
        if ping is None:
            return f"{bot.settings.engine.kind} needs none"
        ping()
    finally:
        engine.stop()
    return f"{bot.settings.engine.kind}'s broker answers"


_OF_CHECK: Final = {check.name: check for check in CHECKS}


def _of_check(name: str, *needs: str) -> Check:
    check = _OF_CHECK[name]
    return replace(check, needs=(*check.needs, *needs))


def diagnose(bot: Bot, chosen: Path | None = None) -> Iterator[Finding]:
    """Every finding, in order. `chosen`: the settings' file, if one was named. Changes nothing."""
    files = Check("files", (), partial(_files, chosen))
    return findings.run(bot, (files, *_CHECKS, *find_checks(), _CLASSIFIER))


_CHECKS: Final[tuple[Check, ...]] = (
    Check("schema", (), _schema),
    Check("sign-in", (), _sign_in),
    _of_check("token"),
    _of_check("workspace"),
    Check("role", ("workspace", "schema"), _role),
    _of_check("store", "schema"),
    _of_check("inbox"),
    Check("permissions", ("store",), _permissions),
    Check("disk", ("store",), _disk),
    _of_check("plan"),
    Check("limits", ("plan",), _limits),
    Check("clock", ("token",), _clocks),
    Check("address", (), _address),
    _of_check("webhook"),
    Check("events", ("store",), _lag),
    Check("jobs", ("store",), _jobs),
    _of_check("engine"),
    Check("broker", ("engine",), _broker),
    _of_check("automations"),
    _of_check("runs"),
    _of_check("people"),
)
_CLASSIFIER: Final = Check("classifier", (), _classifier)
