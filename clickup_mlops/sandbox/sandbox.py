"""One sandbox: world, clock, faults, limits, deliveries, application and control, composed."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TypedDict

from flask import Flask

from clickup_mlops.errors import ConfigError
from clickup_mlops.sandbox.clickup import seeding
from clickup_mlops.sandbox.clickup.app import create_app
from clickup_mlops.sandbox.clickup.control import Control
from clickup_mlops.sandbox.clickup.delivery import TIMEOUT_S, Deliveries
from clickup_mlops.sandbox.clickup.ecodes import ECODES
from clickup_mlops.sandbox.clickup.edge import Services
from clickup_mlops.sandbox.clickup.rate_limit import PER_MINUTE
from clickup_mlops.sandbox.clickup.state.people import oauth
from clickup_mlops.sandbox.clickup.state.tasks.search import Search
from clickup_mlops.sandbox.clickup.state.templates import copies
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.tasks import TaskBytes
from clickup_mlops.sandbox.core.clock import Clock
from clickup_mlops.sandbox.core.faults import Faults
from clickup_mlops.sandbox.core.interception import Interception
from clickup_mlops.sandbox.core.limits import RateLimiter
from clickup_mlops.sandbox.core.stats import Stats

_DAY_MS = 86_400_000
RETRY_SPACING_S = (5.0, 30.0, 120.0, 600.0)


Seed = str | Path | Sequence[str | Path] | None


class Options(TypedDict, total=False):
    """The options of `Sandbox`, as they are passed on."""

    seed: Seed
    plan: str
    rate_limit: int | None
    rate_window_s: int
    state_file: str | Path | None
    retry_spacing_s: Sequence[float]
    delivery_workers: int
    delivery_timeout_s: float
    template_delay_ms: int
    name: str
    days_ago: int
    strict: bool


class Sandbox:
    """A local ClickUp. `url` is the base of its API, `token` the bot user's personal token.

    Options: `seed` a seed's name or TOML file (default: one Space, Folder and List), or several, of
    which each is a Workspace;
    `plan` Free, Unlimited, Business, Business Plus or Enterprise; `rate_limit` calls per window
    instead of the plan's, 0 for no limit; `rate_window_s` whole seconds; `state_file` an SQLite
    file that keeps the state; `retry_spacing_s` waits between attempts of a delivery; `name` is a
    part of its tokens, which tells them from those of other sandboxes; `days_ago` is how far its
    clock is behind; `strict` refuses keys that ClickUp's documents do not name, which it ignores.

    Raises:
        ConfigError: plan or seed is unknown.
    """

    def __init__(
        self,
        *,
        seed: Seed = None,
        plan: str = "Unlimited",
        rate_limit: int | None = None,
        rate_window_s: int = 60,
        state_file: str | Path | None = None,
        retry_spacing_s: Sequence[float] = RETRY_SPACING_S,
        delivery_workers: int = 8,
        delivery_timeout_s: float = TIMEOUT_S,
        template_delay_ms: int = 300,
        name: str = "",
        days_ago: int = 0,
        strict: bool = False,
    ) -> None:
        self.url = ""
        self.interception: Interception | None = None
        self._seeds, self._days_ago, self._strict = _list_seeds(seed), days_ago, strict
        clock = Clock()
        clock.advance(-days_ago * _DAY_MS)  # before the seed: its tasks are made then
        self.world = World(
            clock, plan=_check_plan(plan), file=Path(state_file) if state_file else None
        )
        self.world.name = name
        self._plan, self._template_delay_ms = plan, template_delay_ms
        self.world.template_delay_ms = template_delay_ms
        if self.world.is_new:
            seeding.load(self.world, *self._seeds)
        self.faults, self.stats = Faults(("page", *ECODES)), Stats()
        self.limiter = RateLimiter(_choose_limit(plan, rate_limit), rate_window_s)
        self.deliveries = Deliveries(
            self.world,
            self.faults,
            workers=delivery_workers,
            spacing_s=retry_spacing_s,
            timeout_s=delivery_timeout_s,
        )
        self.world.before_change = lambda: copies.fill_due(self.world)
        self.world.publish = self.deliveries.publish
        self.control = Control(self.world, self.faults, self.stats, self.limiter, self.deliveries)

    @cached_property
    def app(self) -> Flask:
        """The Flask application, built at first use."""
        world = self.world
        services = Services(
            world,
            self.faults,
            self.limiter,
            self.stats,
            Search(world),
            TaskBytes(world),
            self._strict,
        )
        app = create_app(services, self.control)
        app.extensions["sandbox.reset"] = self.reset
        return app

    @property
    def team_id(self) -> str:
        """The id of the Workspace; of several, the first."""
        return min(team.id for team in self.world.teams)

    @property
    def token(self) -> str:
        """The personal token of the bot's user, who is always the first."""
        return self.token_of(self.control.members[0].id)

    def token_of(self, user: str | int) -> str:
        """The personal token of a member, named by id, name or first name."""
        return oauth.ensure_personal_token(self.world, self.control.member(user)).id

    def reset(self) -> None:
        """As it was at the start: seed, clock, tokens, ids; no fault, count or webhook is left."""
        self.deliveries.discard_queued()
        self.faults.clear()
        self.deliveries.resume()
        self.deliveries.wait_idle(5)
        self.world.clock.restart(-self._days_ago * _DAY_MS)
        with self.world.change():
            self.world.clear()
            self.world.template_delay_ms, self.world.field_creation = self._template_delay_ms, "off"
            self.world.plan = self._plan
            seeding.load(self.world, *self._seeds)
        self.control.reset_counts()

    def close(self) -> None:
        """Stop delivering and close the state file."""
        self.deliveries.close()
        self.world.close()


def _list_seeds(seed: Seed) -> tuple[str | Path | None, ...]:
    return (seed,) if seed is None or isinstance(seed, str | Path) else tuple(seed)


def _check_plan(plan: str) -> str:
    if plan not in PER_MINUTE:
        raise ConfigError(f"unknown plan {plan!r}", hint=f"Known: {', '.join(PER_MINUTE)}.")
    return plan


def _choose_limit(plan: str, rate_limit: int | None) -> int:
    if rate_limit == 0:
        return 1_000_000_000
    return PER_MINUTE[plan] if rate_limit is None else rate_limit
