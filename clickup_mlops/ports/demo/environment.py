"""The environment of the demonstration: a sandbox and a bot, and how to wait for what they do."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.sandbox import Sandbox

PLAN: Final = "Business Plus"
"""Its 1,000 calls a minute are enough: a demonstration should not sit out a rate limit."""
PATIENCE_S: Final = 10.0
_POLL_EVERY_S: Final = 0.01

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Environment:
    """Both sides, running."""

    clickup: Sandbox
    bot: Bot
    settings: Settings


def settle(demo: Environment) -> None:
    """Returns when the bot has handled everything that happened.

    Raises:
        ClickUpMlopsError: it did not in time.
    """
    wait("the board", lambda: is_quiet(demo) or None)


def is_quiet(demo: Environment) -> bool:
    """Nothing is on its way to the bot, and nothing waits in its inbox."""
    delivered = demo.clickup.control.deliveries.wait_idle(PATIENCE_S)
    return delivered and demo.bot.store.inbox.depth(demo.bot.now_ms()).ready == 0


def wait(subject: str, poll: Callable[[], T | None]) -> T:
    """What `poll` returns, as soon as that is not None; `what` names it in the error.

    Raises:
        ClickUpMlopsError: nothing came in time.
    """
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        result = poll()
        if result is not None:
            return result
        time.sleep(_POLL_EVERY_S)
    raise ClickUpMlopsError(
        f"The bot did not react to {subject} within {PATIENCE_S:.0f} s",
        hint="This is a bug: please report it with the output of `--debug demo`.",
    )
