"""The bot's webhook in ClickUp: registered, checked, repaired, rotated; and its secrets.

Secrets are kept in the store, are never logged, and are only handed to the receiver. One webhook
is current; those that it replaced stay valid for a while, for deliveries on their way.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import orjson

from clickup_mlops import logs, telemetry
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.receive import hook_address
from clickup_mlops.bot.receive.clickup_webhook_settings import HooksSettings
from clickup_mlops.clickup.client.resources.webhooks import Webhooks
from clickup_mlops.clickup.hierarchy import Webhook
from clickup_mlops.errors import ApiError, ConfigError, NotFound, StoreBusy
from clickup_mlops.spelling import format_count
from clickup_mlops.store.queries.stats import HookHealth
from clickup_mlops.store.tables.cursors import Cursors
from clickup_mlops.store.tables.leases import Leases

Problems = list[str]

ALL: Final = "*"
_ALL_COUNT: Final = 28
_REFRESH_MS: Final = 5_000
_LOOK_AGAIN_MS: Final = 1_000
_ROTATION: Final = "rotation="
LEASE_MS: Final = 30_000
"""How long others wait for one who died while changing the webhook."""

_log = logs.get()


@dataclass(frozen=True, slots=True)
class StoredHook:
    """A webhook of ours. `until_ms`: replaced, and its secret is valid until then."""

    id: str
    secret: str
    endpoint: str
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One registered webhook, and what is wrong with it (nothing: it works)."""

    id: str
    endpoint: str
    health: str
    fail_count: int
    current: bool
    problems: tuple[str, ...]


class Hooks:
    """Keeps one webhook as the settings want it.

    Safe for threads, processes and machines with one store: only one changes it at a time.
    """

    def __init__(
        self,
        webhooks: Webhooks,
        cursors: Cursors,
        leases: Leases,
        settings: HooksSettings,
        *,
        workspace: str,
        clock: Clock,
        lease_ms: int = LEASE_MS,
        on_checked: Callable[[Sequence[HookHealth]], object] = lambda _health: None,
    ) -> None:
        self._webhooks, self._cursors, self._settings = webhooks, cursors, settings
        self._workspace, self._clock, self._on_checked = workspace, clock, on_checked
        self._leases, self._lease_ms = leases, lease_ms
        self._cache: tuple[int, tuple[StoredHook, ...]] = (0, ())

    def secrets(self, webhook_id: str) -> tuple[str, ...]:
        """The secrets that a delivery of this webhook may be signed with; none: not ours."""
        now = self._clock()
        read_ms, hooks = self._cache
        is_known = any(k.id == webhook_id for k in hooks)
        # Strangers must not make the store work; another process's new webhook may wait a moment.
        fresh_ms = _REFRESH_MS if is_known else _LOOK_AGAIN_MS
        if not now - fresh_ms < read_ms <= now:
            hooks = self._load()
        return tuple(
            k.secret
            for k in hooks
            if k.id == webhook_id and k.secret and (k.until_ms is None or k.until_ms > now)
        )

    def check_registered(self) -> None:
        """Nothing, if there is a webhook, or none is to be registered. Reads the store only.

        Raises:
            ConfigError: ClickUp delivers nothing, with the reason if it is known.
        """
        if self._settings.public_url and _current(self._load()) is None:
            hook_address.check(self._settings.public_url)
            raise ConfigError(
                f"no webhook is registered for {self._settings.public_url} yet: ClickUp delivers "
                "nothing",
                hint="`clickup-mlops doctor` shows what prevents it.",
            )

    def list(self) -> tuple[Report, ...]:
        """Every webhook of this token that points to us, and what is wrong with each. One call."""
        stored = self._load()
        registered = self._webhooks.list(self._workspace)
        return tuple(self._report(hook, stored) for hook in registered if self._points_here(hook))

    def register(self) -> tuple[str, ...]:
        """Like `heal`, but it must be possible.

        Raises:
            ConfigError: no public address is set, or it is not that of the receiver.
        """
        hook_address.check(self._settings.public_url)
        return self.heal()

    def heal(self) -> tuple[str, ...]:
        """Compare with what is wanted and repair; what was repaired, in words. One call if well.

        Raises:
            ConfigError: the public address is not that of the receiver: nothing would arrive.
            StoreBusy: somebody else is changing the webhook.
        """
        if not self._settings.public_url:
            return ()
        hook_address.check(self._settings.public_url)
        with self._exclusive() as lease:
            registered = {hook.id: hook for hook in self._webhooks.list(self._workspace)}
            self._note(registered)
            repairs = [*self._clean(registered, lease), *self._repair(registered, lease)]
        telemetry.HOOK_REPAIRS.inc(len(repairs))
        for repair in repairs:
            _log.warning("webhook_repaired", repair=repair)
        return tuple(repairs)

    def delete(self) -> tuple[str, ...]:
        """Remove every webhook that points to us; their ids.

        The secrets stay valid for `hooks.rotation`, for deliveries on their way.

        Raises:
            ConfigError: no public address is set, or it is not that of the receiver.
            StoreBusy: somebody else is changing the webhook.
        """
        hook_address.check(self._settings.public_url)
        with self._exclusive() as lease:
            registered = self._webhooks.list(self._workspace)
            ours = [hook.id for hook in registered if self._points_here(hook)]
            for webhook_id in ours:
                self._delete(webhook_id, lease)
            self._save(self._replaced(self._load()))
        return tuple(ours)

    @contextmanager
    def _exclusive(self) -> Iterator["_Lease"]:
        lease = _Lease(self._leases, self._name, self._clock, self._lease_ms)
        lease.take()
        try:
            yield lease
        finally:
            lease.release()

    def _note(self, registered: Mapping[str, Webhook]) -> None:
        stored, now = self._load(), self._clock()
        reports = [
            self._report(hook, stored) for hook in registered.values() if self._points_here(hook)
        ]
        health = [HookHealth(r.id, r.fail_count, r.problems, now) for r in reports if r.current]
        missing_ids = [k.id for k in stored if k.until_ms is None and k.id not in registered]
        health += [HookHealth(id_, 0, ("it is missing",), now) for id_ in missing_ids]
        self._on_checked(health)

    def rotate(self) -> Report:
        """A new webhook with a new secret in place of the current one, without a gap.

        Both secrets are valid for `hooks.rotation`.

        Raises:
            ConfigError: no public address is set, or it is not that of the receiver.
            StoreBusy: somebody else is changing the webhook.
        """
        hook_address.check(self._settings.public_url)
        with self._exclusive() as lease:
            stored = self._load()
            old = _current(stored)
            hook = self._create(self._next_endpoint(old), stored, lease)
            if old is not None:
                self._delete(old.id, lease)
        return self._report(hook, self._load())

    def _next_endpoint(self, old: StoredHook | None) -> str:
        # ClickUp refuses a second webhook with the same address for the same place.
        before = old.endpoint.rpartition(_ROTATION)[2] if old else ""
        number = int(before) if before.isdecimal() else 0
        url = self._settings.public_url
        return f"{url}{'&' if '?' in url else '?'}{_ROTATION}{number + 1}"

    def _clean(self, registered: dict[str, Webhook], lease: "_Lease") -> Iterable[str]:
        """Remove webhooks that point to us but are not the current one."""
        now, stored = self._clock(), self._load()
        valid = tuple(k for k in stored if k.until_ms is None or k.until_ms > now)
        if valid != stored:
            self._save(valid)
        current = _current(valid)
        for hook in list(registered.values()):
            if self._points_here(hook) and (current is None or hook.id != current.id):
                self._delete(hook.id, lease)
                del registered[hook.id]
                yield f"removed {hook.id}: not the current webhook"

    def _repair(self, registered: dict[str, Webhook], lease: "_Lease") -> Iterable[str]:
        stored = self._load()
        current = _current(stored)
        hook = registered.get(current.id) if current else None
        if current is None or hook is None:
            new = self._create(self._settings.public_url, stored, lease)
            yield f"created {new.id}: " + ("it was missing" if current else "there was none")
        elif not self._at_right_place(hook):
            # A location cannot be changed.
            self._delete(hook.id, lease)
            new = self._create(current.endpoint, stored, lease)
            yield f"created {new.id}: {hook.id} was at another place"
        elif problems := self._problems(hook, current):
            lease.keep()
            self._webhooks.update(hook.id, current.endpoint, self._settings.events, "active")
            yield f"updated {hook.id}: {'; '.join(problems)}"

    def _problems(self, hook: Webhook, current: StoredHook) -> Problems:
        problems = []
        if hook.health_status != "active":
            problems.append(
                f"it was {hook.health_status}, {format_count(hook.fail_count, 'failure')}"
            )
        if hook.endpoint != current.endpoint or not self._points_here(hook):
            problems.append("it pointed elsewhere")
        if not _covers(hook.events, self._settings.events):
            problems.append("it asked for other events")
        return problems

    def _report(self, hook: Webhook, stored: Sequence[StoredHook]) -> Report:
        current = _current(stored)
        is_current = current is not None and hook.id == current.id
        problems = (
            self._problems(hook, current) if current and is_current else ["not the current one"]
        )
        if not self._at_right_place(hook):
            problems.append("it is at another place")
        status, fails = hook.health_status, hook.fail_count
        return Report(hook.id, hook.endpoint, status, fails, is_current, tuple(problems))

    def _points_here(self, hook: Webhook) -> bool:
        return hook.endpoint.partition("?")[0] == self._settings.public_url.partition("?")[0]

    def _at_right_place(self, hook: Webhook) -> bool:
        have = (hook.list_id or "", hook.space_id or "", hook.folder_id or "", hook.task_id or "")
        want = (self._settings.list_id, self._settings.space_id, "", "")
        # ClickUp may fill in the Space of a List's webhook: the most specific place counts.
        return have == want or (bool(want[0]) and have[0] == want[0] and not have[3])

    def _create(self, endpoint: str, stored: tuple[StoredHook, ...], lease: "_Lease") -> Webhook:
        """Register a webhook and make it the current one; its secret is stored at once."""
        lease.keep()
        hook = self._webhooks.create(
            self._workspace,
            endpoint,
            self._settings.events,
            space_id=self._settings.space_id or None,
            list_id=self._settings.list_id or None,
        )
        if not hook.secret:
            self._delete(hook.id, lease)
            raise ApiError(
                "ClickUp gave the new webhook no secret: anybody could have sent its events",
                hint="The webhook was removed again. If this stays, ask ClickUp's support.",
            )
        self._save((*self._replaced(stored), StoredHook(hook.id, hook.secret, endpoint)))
        return hook

    def _replaced(self, stored: Iterable[StoredHook]) -> tuple[StoredHook, ...]:
        """None of them is current any more; their secrets stay valid for a while."""
        end = self._clock() + to_ms(self._settings.rotation)
        return tuple(k if k.until_ms is not None else replace(k, until_ms=end) for k in stored)

    def _delete(self, webhook_id: str, lease: "_Lease") -> None:
        lease.keep()
        try:
            self._webhooks.delete(webhook_id)
        except NotFound:
            return

    def _load(self) -> tuple[StoredHook, ...]:
        stored = orjson.loads(self._cursors.get(self._name) or b"[]")
        hooks = tuple(StoredHook(**values) for values in stored)
        logs.redactor.hide(k.secret for k in hooks)
        self._cache = (self._clock(), hooks)
        return hooks

    def _save(self, hooks: tuple[StoredHook, ...]) -> None:
        rows: list[dict[str, Any]] = [asdict(hook) for hook in hooks]
        self._cursors.set(self._name, orjson.dumps(rows).decode())
        self._load()

    @property
    def _name(self) -> str:
        return f"hooks:{self._workspace}"


class _Lease:
    """The right to change the webhook. It has to be kept before each change.

    Who was slow (a call may wait for the rate limit) and lost it must not go on with what it saw.
    """

    def __init__(self, leases: Leases, name: str, clock: Clock, lease_ms: int) -> None:
        self._leases, self._name, self._clock = leases, name, clock
        self._lease_ms = lease_ms
        self._owner = secrets.token_hex(8)

    def take(self) -> None:
        now = self._clock()
        if not self._leases.take(self._name, self._owner, now, now + self._lease_ms):
            raise StoreBusy(
                "somebody else is changing the webhook: another process, or another machine",
                hint="Try again in a minute.",
            )

    def keep(self) -> None:
        if not self._leases.renew(self._name, self._owner, self._clock() + self._lease_ms):
            raise StoreBusy(
                "this took so long that somebody else has changed the webhook", hint="Try again."
            )

    def release(self) -> None:
        self._leases.release(self._name, self._owner)


def _current(hooks: Sequence[StoredHook]) -> StoredHook | None:
    return next((k for k in hooks if k.until_ms is None and k.secret), None)


def _covers(have: Sequence[str], want: Sequence[str]) -> bool:
    if ALL in want:
        return ALL in have or len(set(have)) >= _ALL_COUNT
    return set(have) == set(want)
