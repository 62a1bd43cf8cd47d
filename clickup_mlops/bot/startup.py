"""Starts the bot although its database or ClickUp may be away: says so in words, and keeps trying.

What the bot must know of ClickUp it asks once and remembers, so that only its very first start has
to wait for it. Deliveries that come meanwhile are answered "not now", and ClickUp repeats them.
"""

import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from clickup_mlops import logs
from clickup_mlops.errors import (
    ClickUpMlopsError,
    RetryableApiError,
    StoreBusy,
    StoreUnavailable,
    Unauthorized,
)

PING_TIMEOUT_S: Final = 5.0
"""How long the quick call may take."""
RETRY_S: Final = 10.0
"""The longest wait until the next try."""
_FIRST_WAIT_S: Final = 1.0

_log = logs.get()


class Readiness:
    """Whether the bot has begun, as the requests that it serves see it."""

    def __init__(self) -> None:
        self.problem = ""
        """Why it has not begun yet, in words; empty once it has."""
        self.waits_for_store = False
        """Whether the database could not be opened yet."""
        self.refused_files = ""
        """Why changed files are not used, in words; empty: they are."""
        self.starting: threading.Thread | None = None
        """The thread that keeps trying."""

    def check(self) -> None:
        """Nothing, unless it still waits for its database or for ClickUp.

        Raises:
            StoreBusy: it does.
        """
        if self.problem:
            raise StoreBusy(self.problem, hint="Deliver it again later.")

    def check_store(self) -> None:
        """Nothing, unless another thread tries to open the database: no request waits for it.

        Raises:
            StoreBusy: it does.
        """
        if self.waits_for_store and threading.current_thread() is not self.starting:
            self.check()


class Startup:
    """`open_store` opens the database, `ping` is one quick call to ClickUp; `begin` starts
    everything, and needs what ClickUp says. What keeps it from that is noted in `readiness`.

    `known` tells whether that was asked before. Then it begins in any case: deliveries are taken
    in, and handled once ClickUp is back or accepts the token again.
    """

    def __init__(
        self,
        readiness: Readiness,
        *,
        open_store: Callable[[], object],
        ping: Callable[[], object],
        is_workspace_known: Callable[[], bool],
        begin: Callable[[], None],
        retry_s: float = RETRY_S,
    ) -> None:
        self._readiness = readiness
        self._open_store, self._ping, self._known = open_store, ping, is_workspace_known
        self._begin, self._retry_s = begin, retry_s
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin, now or as soon as the database and ClickUp can be reached.

        Raises:
            ApiError: ClickUp answered and refused, for example the token.
            ConfigError: a setting does not fit what ClickUp says, or the database refuses.
        """
        if self._try():
            return
        thread = threading.Thread(target=self._keep_trying, name="starting", daemon=True)
        self._readiness.starting = thread
        thread.start()

    def stop(self, wait_s: float) -> None:
        """Try no more; wait for a try that runs, but not longer than that."""
        self._stopping.set()
        if self._readiness.starting is not None:
            self._readiness.starting.join(wait_s)

    def _try(self) -> bool:
        try:
            self._try_store()
            self._try_clickup()
            self._begin()
        except StoreUnavailable as problem:
            self._report(
                f"the database cannot be used now: {problem}", "store_unavailable", problem.hint
            )
            return False
        except RetryableApiError as problem:
            self._readiness.problem = f"ClickUp cannot be reached: {problem}"
            return False
        self._readiness.problem = ""
        return True

    def _try_store(self) -> None:
        try:
            self._open_store()
        except ClickUpMlopsError:
            self._readiness.waits_for_store = True
            raise
        self._readiness.waits_for_store = False

    def _report(self, problem: str, event: str, hint: str) -> None:
        """Note the problem; it is logged once, however often it is met."""
        if problem != self._readiness.problem:
            self._readiness.problem = problem
            _log.error(event, problem=problem, hint=hint)

    def _try_clickup(self) -> None:
        """Say what is wrong. Passes if the bot can begin all the same."""
        try:
            self._ping()
        except (Unauthorized, RetryableApiError) as problem:
            if problem.status == HTTPStatus.TOO_MANY_REQUESTS:
                return  # it is there, and the governor knows how to wait
            refused = isinstance(problem, Unauthorized)
            event = "token_refused" if refused else "clickup_unreachable"
            _log.error(event, problem=str(problem), hint=problem.hint)
            if not self._known():
                raise

    def _keep_trying(self) -> None:
        wait_s = min(_FIRST_WAIT_S, self._retry_s)
        while not self._stopping.wait(wait_s):
            wait_s = min(2 * wait_s, self._retry_s)
            try:
                if self._try():
                    return
            except ClickUpMlopsError as problem:
                self._report(str(problem), "cannot_start", problem.hint)
            except Exception as problem:
                # A bug, but a thread that ends would leave a process that never begins.
                self._readiness.problem = f"cannot start: {type(problem).__name__}"
                _log.exception("cannot_start")
