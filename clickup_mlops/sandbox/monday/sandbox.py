"""One sandbox: world, clock, faults, limits, application and control, composed."""

from functools import cached_property
from typing import TypedDict

from flask import Flask

from clickup_mlops.errors import ConfigError
from clickup_mlops.sandbox.core.clock import Clock
from clickup_mlops.sandbox.core.faults import Faults
from clickup_mlops.sandbox.core.stats import Stats
from clickup_mlops.sandbox.monday import seeds
from clickup_mlops.sandbox.monday.app import create_app
from clickup_mlops.sandbox.monday.control import Control
from clickup_mlops.sandbox.monday.edge.edge import Services
from clickup_mlops.sandbox.monday.edge.limits import TIERS, UNLIMITED, Allowance, Limits
from clickup_mlops.sandbox.monday.graph.context import Services as GraphServices
from clickup_mlops.sandbox.monday.state.world import World


class Options(TypedDict, total=False):
    """The options of `MondaySandbox`, as they are passed on."""

    seed: str | None
    plan: str
    complexity_per_minute: int | None
    calls_per_minute: int | None
    calls_per_day: int | None
    concurrency: int | None
    window_s: int
    name: str


class MondaySandbox:
    """A local Monday.com. `url` is the base of its API (`{url}/v2`), `token` a personal token.

    Options: `seed` the name of a seed (`ai_ml`), None: an account with one user and no board;
    `plan` free, basic, standard, pro or enterprise; the limits instead of the plan's, 0 for none
    (given, the daily one is hard); `window_s` the length of a "minute" in seconds; `name` is a
    part of its tokens.

    Raises:
        ConfigError: plan or seed is unknown.
    """

    def __init__(
        self,
        *,
        seed: str | None = None,
        plan: str = "pro",
        complexity_per_minute: int | None = None,
        calls_per_minute: int | None = None,
        calls_per_day: int | None = None,
        concurrency: int | None = None,
        window_s: int = 60,
        name: str = "",
    ) -> None:
        if plan not in TIERS:
            raise ConfigError(f"unknown plan {plan!r}", hint=f"Known: {', '.join(TIERS)}.")
        defaults = TIERS[plan]
        allowance = Allowance(
            _choose_limit(complexity_per_minute, defaults.complexity_per_minute),
            _choose_limit(calls_per_minute, defaults.calls_per_minute),
            _choose_limit(calls_per_day, defaults.calls_per_day),
            _choose_limit(concurrency, defaults.concurrency),
            soft=defaults.soft and calls_per_day is None,
        )
        self.url = ""
        self.world = World(Clock(), tier=plan, name=name)
        self.faults, self.stats = Faults(), Stats()
        self.limits = Limits(allowance, window_s)
        self.control = Control(self.world, self.faults, self.stats, self.limits)
        seeds.plant(self.control, seed)

    @cached_property
    def app(self) -> Flask:
        """The Flask application, built at first use."""
        graph = GraphServices(self.world)
        return create_app(Services(graph, self.faults, self.limits, self.stats))

    @property
    def token(self) -> str:
        """The personal token of the first user, who sees everything."""
        return self.control.token_of(min(self.world.users))

    def close(self) -> None:
        """Does nothing: no file or connection is open."""


def _choose_limit(override: int | None, default: int) -> int:
    if override == 0:
        return UNLIMITED
    return default if override is None else override
