"""Which finished tasks serve, so that the mirror has them among the open ones."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import orjson

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store

_CURSOR: Final = "services"


def follow(store: Store, policy: Policy) -> Store:
    """Have the mirror of the store follow the policy; the same store."""
    router = Router(policy, None, store.space_policies)

    def serves(raw: Mapping[str, Any]) -> bool:
        return router.serves(Task.parse(raw))

    store.mirror.serves = serves
    return store


def update(store: Store, policy: Policy) -> int:
    """Find out anew which of the known tasks serve, if the policy was another one before. Gives how
    many tasks have changed.
    """
    current = _fingerprint(store, policy)
    if store.cursors.get(_CURSOR) == current:
        return 0
    changed = store.mirror.update_services()
    store.cursors.set(_CURSOR, current)
    return changed


def _fingerprint(store: Store, policy: Policy) -> str:
    """Of everything that `serves` depends on, besides the task."""
    spaces = [
        (policy_.id, policy_.folders, policy_.routing, policy_.slo)
        for policy_ in store.space_policies.all()
    ]
    global_policy = policy.model_dump(mode="json", include={"service", "slos"})
    parts = orjson.dumps([global_policy, spaces], option=orjson.OPT_SORT_KEYS)
    return sha256(parts).hexdigest()
