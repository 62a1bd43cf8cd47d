"""Check: what would keep the bot from working, all at once. Makes calls, changes nothing: tables of
an older version stay as they are, so that their bot can go on.
"""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.automations.load import read_folders
from clickup_mlops.automations.model import Automation, Unanswered
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.lanes import engines
from clickup_mlops.bot.receive import hook_address, jobs
from clickup_mlops.bot.write import runs
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.errors import ConfigError
from clickup_mlops.operations import findings
from clickup_mlops.operations.findings import Check, Finding, Note, Pending, find_checks
from clickup_mlops.operations.outage import why_late
from clickup_mlops.spelling import format_count
from clickup_mlops.store import Store
from clickup_mlops.store.database.missing_database import NoStore, must_be_there


def check(bot: Bot) -> Iterator[Finding]:
    """Every finding about configuration, ClickUp, store, engine and automations, in order.

    Changes nothing in ClickUp.
    """
    of_features = (check for check in find_checks() if not check.only_diagnosis)
    return findings.run(bot, (*CHECKS, *of_features))


def _token(bot: Bot) -> str:
    user = direct_client(bot).authorization.user()
    return f"{user.username} <{user.email}>"


def direct_client(bot: Bot) -> ClickUp:
    """A client without the shared rate budget: it works although the store may not.

    Raises:
        ConfigError: there is no token.
    """
    settings = bot.settings.clickup
    token = settings.token.get_secret_value()
    if not token:
        raise ConfigError(
            "clickup.token is not set",
            hint="`clickup-mlops login`, or put it into the environment as "
            "CLICKUP_MLOPS_CLICKUP__TOKEN.",
        )
    return ClickUp(
        token,
        base_url=settings.base_url,
        oauth=settings.oauth,
        timeout_s=settings.timeout.total_seconds(),
        attempts=2,  # the caller waits for the answer
        waiting=bot.core.waiting,
        client=settings.http_client,
    )


def _workspace(bot: Bot) -> str:
    configured_id = bot.settings.clickup.workspace_id
    names_by_id = {
        workspace.id: workspace.name for workspace in direct_client(bot).authorization.workspaces()
    }
    names = ", ".join(f"{name} ({id_})" for id_, name in names_by_id.items()) or "none"
    if configured_id and configured_id not in names_by_id:
        raise ConfigError(f"clickup.workspace_id: the token sees {names}", hint="Use one of these.")
    if not configured_id and len(names_by_id) != 1:
        raise ConfigError(
            f"The token sees {names}", hint="Set clickup.workspace_id to one of them."
        )
    id_ = configured_id or next(iter(names_by_id))
    return f"{names_by_id[id_]} ({id_})"


def _plan(bot: Bot) -> str:
    plan = bot.client.authorization.plan(bot.workspace_id)
    return f"{plan}, {bot.governor.budget().limit:,} calls a minute"


def _store(bot: Bot) -> str:
    url = bot.settings.store.url.get_secret_value()
    try:
        must_be_there(url)
        with Store(url) as store:
            if store.is_outdated():
                raise Pending(
                    f"the tables are at revision {store.revision()}, of an older version",
                    hint="They are left as they are: `clickup-mlops serve` brings them up to date.",
                )
            store.must_be_current()
    except NoStore as absent:
        raise Note(str(absent), hint=absent.hint) from None
    depth = bot.store.inbox.depth(bot.now_ms())
    where = bot.store.engine.url.render_as_string(hide_password=True)
    if depth.parked:
        raise Note(
            f"{format_count(depth.parked, 'parked event')} in {where}",
            hint="`clickup-mlops events list --state parked`",
        )
    return f"{where}, {format_count(depth.ready, 'event')} waiting"


def _inbox(bot: Bot) -> str:
    now = bot.now_ms()
    standstill = bot.store.stats.standstill(now, jobs.LANE)
    waits_s = 0 if standstill is None else (now - standstill.since_ms) // 1000
    if standstill is None or waits_s < bot.settings.engine.stalled_after.total_seconds():
        return "no event is stalled"
    text = f"events are due, and none was handled for {waits_s} s"
    if not standstill.held:
        running = "Is `serve` running? It continues where it stopped."
        raise Note(text, hint=why_late(bot) or running)
    raise ConfigError(
        f"{text}, with {format_count(standstill.held, 'lane')} in progress",
        hint="Restart `serve`: nothing is lost. /readyz and the log (`stalled`) show what hangs.",
    )


def _engine(bot: Bot) -> str:
    settings = bot.settings
    engines.create(settings.engine, settings.store.url.get_secret_value()).stop()
    return f"{settings.engine.kind}, {settings.engine.workers} workers"


def _webhook(bot: Bot) -> str:
    url = bot.settings.hooks.public_url
    _must_be_reachable(url)
    hooks = bot.sources.hooks.list()
    problems = [f"{hook.id}: {text}" for hook in hooks for text in hook.problems]
    if problems:
        raise ConfigError("; ".join(problems), hint="`clickup-mlops hooks heal`, or just `serve`.")
    if not hooks:
        raise Note("none is registered yet", hint="`serve` does it when it starts.")
    return f"{url} is {hooks[0].health}"


def _must_be_reachable(url: str) -> None:
    if not url:
        raise Note(
            "hooks.public_url is not set: changes are only noticed every jobs.backfill_every",
            hint="Set it to the https address under which ClickUp reaches /hooks/clickup.",
        )
    hook_address.check(url)


def _automations(bot: Bot) -> str:
    settings = bot.settings.automations
    automations, problems = read_folders(*settings.folders, choices=settings.by_name)
    bot.check_automations(automations)
    if problems:
        raise ConfigError("\n".join(map(str, problems)), hint=problems[0].hint)
    active = [automation for automation in automations if automation.mode != "off"]
    text = f"{len(active)} of {len(automations)} from {' and '.join(map(str, settings.folders))}"
    if settings.mode == "shadow":
        text += ", in shadow mode: nothing is written to ClickUp"
    if lacking := [line for automation in active for line in lacks(automation)]:
        how = "`clickup-mlops help switch-automations-on`; `clickup-mlops automations list`."
        raise Note("\n".join([text, *lacking]), hint=how)
    if settings.mode == "shadow":
        live = 'Set automations.mode = "on" when you agree with `clickup-mlops why TASK`.'
        raise Note(text, hint=live)
    return text


def _runs(bot: Bot) -> str:
    failed, capped = (look(bot.store, bot.now_ms()) for look in (runs.failures, runs.capped))
    if failed or capped:
        flag = " --failed" if failed and not capped else ""
        raise Note("\n".join(failed + capped), hint=f"See `clickup-mlops automations runs{flag}`.")
    return "no run of an automation failed or reached its cap in the last 24 h"


def _people(bot: Bot) -> str:
    """Whom settings and automations name."""
    named = [*bot.named_people()]
    if problems := [line for key, name in named if (line := _unknown(bot, key, name))]:
        raise Note(
            "\n".join(problems), hint="They are left out. Use the names or e-mails of members."
        )
    return f"{format_count(len({name for _, name in named}), 'name')} in the settings, all known"


def _unknown(bot: Bot, key: str, name: str) -> str:
    try:
        bot.context.directory.people(name)
    except Unanswered as problem:
        return f"{key}: {problem}"
    return ""


def lacks(automation: Automation) -> Iterator[str]:
    """A line for each setting that an automation still needs."""
    for name in automation.lacks:
        left_out = (action for action, setting in automation.left_out if setting == name)
        actions = ", ".join(dict.fromkeys(left_out))
        yield f"automations.by_name.{automation.name}.settings.{name} is not set: no {actions}"


CHECKS: Final = (
    Check("token", (), _token),
    Check("workspace", ("token",), _workspace),
    Check("store", (), _store),
    Check("inbox", ("store",), _inbox),
    Check("plan", ("workspace", "store"), _plan),
    Check("webhook", ("workspace", "store"), _webhook),
    Check("engine", ("store",), _engine),
    Check("automations", (), _automations),
    Check("runs", ("store",), _runs),
    Check("people", ("workspace", "store", "automations"), _people),
)
"""Those of the bot itself; the features' come after them."""
