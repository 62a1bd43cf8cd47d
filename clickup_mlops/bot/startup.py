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
    StoreUnavailable,
    Unauthorized,
)

KNOCK_S: Final = 5.0
"""How long the quick call may take."""
AGAIN_S: Final = 10.0
"""The longest wait until the next try."""
_FIRST_WAIT_S: Final = 1.0

_log = logs.get()


class Startup:
    """`open_store` opens the database, `knock` is one quick call to ClickUp; `begin` starts
    everything, and needs what ClickUp says.

    `known` tells whether that was asked before. Then it begins in any case: deliveries are taken
    in, and handled once ClickUp is back or accepts the token again.
    """

    def __init__(
        self,
        open_store: Callable[[], object],
        knock: Callable[[], object],
        known: Callable[[], bool],
        begin: Callable[[], None],
        *,
        again_s: float = AGAIN_S,
    ) -> None:
        self._open_store, self._knock, self._known = open_store, knock, known
        self._begin, self._again_s = begin, again_s
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self.problem = ""
        """Why it has not begun yet, in words; empty once it has."""
        self.waits_for_store = False
        """Whether the database could not be opened yet."""

    def start(self) -> None:
        """Begin, now or as soon as the database and ClickUp can be reached.

        Raises:
            ApiError: ClickUp answered and refused, for example the token.
            ConfigError: a setting does not fit what ClickUp says, or the database refuses.
        """
        if self._tried():
            return
        self._thread = threading.Thread(target=self._keep_trying, name="starting", daemon=True)
        self._thread.start()

    def stop(self, wait_s: float) -> None:
        """Try no more; wait for a try that runs, but not longer than that."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(wait_s)

    @property
    def is_at_it(self) -> bool:
        """Whether the thread that asks is the one that tries."""
        return threading.current_thread() is self._thread

    def _tried(self) -> bool:
        try:
            self._opened_store()
            self._heard_from_clickup()
            self._begin()
        except StoreUnavailable as problem:
            self._waits(f"the database cannot be used now: {problem}", "store_away", problem.hint)
            return False
        except RetryableApiError as problem:
            self.problem = f"ClickUp cannot be reached: {problem}"
            return False
        self.problem = ""
        return True

    def _opened_store(self) -> None:
        try:
            self._open_store()
        except ClickUpMlopsError:
            self.waits_for_store = True
            raise
        self.waits_for_store = False

    def _waits(self, problem: str, event: str, hint: str) -> None:
        """Wait because of this problem, which is told once, however often it is met."""
        if problem != self.problem:
            self.problem = problem
            _log.error(event, problem=problem, hint=hint)

    def _heard_from_clickup(self) -> None:
        """Say what is wrong. Passes if the bot can begin all the same."""
        try:
            self._knock()
        except (Unauthorized, RetryableApiError) as problem:
            if problem.status == HTTPStatus.TOO_MANY_REQUESTS:
                return  # it is there, and the governor knows how to wait
            refused = isinstance(problem, Unauthorized)
            event = "token_refused" if refused else "clickup_unreachable"
            _log.error(event, problem=str(problem), hint=problem.hint)
            if not self._known():
                raise

    def _keep_trying(self) -> None:
        wait_s = min(_FIRST_WAIT_S, self._again_s)
        while not self._stopping.wait(wait_s):
            wait_s = min(2 * wait_s, self._again_s)
            try:
                if self._tried():
                    return
            except ClickUpMlopsError as problem:
                self._waits(str(problem), "cannot_start", problem.hint)
            except Exception as problem:
                # A bug, but a thread that ends would leave a process that never begins.
                self.problem = f"cannot start: {type(problem).__name__}"
                _log.exception("cannot_start")
