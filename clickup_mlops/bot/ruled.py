"""Puts together what asks the automations and what handles events; `bot.parts` has the rest."""

from functools import partial
from typing import Any

from clickup_mlops.bot import stats
from clickup_mlops.bot.handling.changes import Changes
from clickup_mlops.bot.handling.corrections import weekly
from clickup_mlops.bot.handling.dependents import Dependents
from clickup_mlops.bot.handling.evaluator import Evaluator
from clickup_mlops.bot.handling.handler import EventHandler, by_name
from clickup_mlops.bot.handling.lookups import Lookups
from clickup_mlops.bot.handling.recorder import Recorder
from clickup_mlops.bot.handling.results import runs
from clickup_mlops.bot.lanes.internal_events import Holding
from clickup_mlops.bot.sources.integrations import Integrations
from clickup_mlops.bot.sources.jobs import Rounds


def evaluator(bot: Any) -> Evaluator:
    """What asks the automations; `bot` is a `Parts`."""
    overrides = partial(weekly, bot.store)
    lookups = Lookups(
        bot.store,
        bot.reader,
        bot.routing_context,
        bot.now_ms,
        overrides,
        changes=Changes(bot.store, bot.now_ms),
        policy=bot.settings.routing,
        policy_of=bot.router.policy_of,
    )
    return Evaluator(
        bot.automations,
        bot.router,
        bot.routing_context,
        lookups,
        names=bot.directory,
        settings=bot.settings.automations,
        clock=bot.now_ms,
        flush=bot.store.flush,
        evaluated=bot.store.evaluations,
    )


def intake(bot: Any) -> EventHandler:
    """What handles the events of a lane."""
    holding = Holding(bot.inbox, bot.workspace_id, bot.arrived, bot.now_ms)
    jobs = stats.watched(bot.jobs.by_name, bot.store, bot.now_ms)
    rounds = Rounds(jobs, bot.now_ms)
    runs.expect(bot.automations)
    return EventHandler(
        bot.store,
        bot.reader,
        bot.people,
        bot.evaluator,
        hands=bot._hands,
        clock=bot.now_ms,
        holding=holding,
        whole={
            "cron": by_name(rounds.run),
            "schedule": bot.scheduled.due,
            "held": holding.release,
            "integration": bot.integrations.due,
        },
        reconciler=bot.reconciler,
        slash_commands=bot.slash_commands,
        dependents=Dependents(
            bot.store, bot.routing_context, workspace=bot.workspace_id, clock=bot.now_ms
        ),
        changes=Changes(bot.store, bot.now_ms),
        recorder=Recorder(bot.store, bot.now_ms, on=bot.settings.automations.record),
    )


def integrations(bot: Any) -> Integrations:
    """Who takes the reports of other systems."""
    return Integrations(
        bot.settings.integrations,
        bot.store,
        lambda: bot.evaluator,
        workspace=lambda: bot.workspace_id,
        arrived=bot.arrived,
        clock=bot.now_ms,
    )
