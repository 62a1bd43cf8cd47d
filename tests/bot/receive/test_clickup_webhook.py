"""Which secrets a delivery may be signed with."""

from typing import Any

import orjson

from clickup_mlops.bot.receive.clickup_webhook import Hooks
from clickup_mlops.bot.receive.clickup_webhook_settings import HooksSettings
from clickup_mlops.store import Store
from tests.bot.conftest import HandClock

UNUSED: Any = None  # no call is made to ask for secrets


def keep(store: Store, *webhook_ids: str) -> None:
    """As a process stores the webhooks that it has registered."""
    registered = [
        {"id": id_, "secret": f"secret of {id_}", "endpoint": "https://x"} for id_ in webhook_ids
    ]
    store.cursors.set("hooks:900", orjson.dumps(registered).decode())


def test_a_flood_of_unknown_webhooks_reads_the_store_once_a_second(
    store: Store, clock: HandClock
) -> None:
    """A webhook that another process has just registered is known a second later."""
    hooks = Hooks(
        UNUSED, store.cursors, store.leases, HooksSettings(), workspace="900", clock=clock
    )
    keep(store, "a")
    assert hooks.secrets("b") == ()

    keep(store, "a", "b")
    clock.advance(999)
    assert hooks.secrets("b") == ()
    clock.advance(1)
    assert hooks.secrets("b") == ("secret of b",)


def test_a_known_webhook_is_looked_up_every_five_seconds(store: Store, clock: HandClock) -> None:
    """A secret that another process has taken away is refused soon."""
    hooks = Hooks(
        UNUSED, store.cursors, store.leases, HooksSettings(), workspace="900", clock=clock
    )
    keep(store, "a")
    assert hooks.secrets("a") == ("secret of a",)

    keep(store)
    clock.advance(4_999)
    assert hooks.secrets("a") == ("secret of a",)
    clock.advance(1)
    assert hooks.secrets("a") == ()
