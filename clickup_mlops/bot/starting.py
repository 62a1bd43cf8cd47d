"""Starts the bot although ClickUp may be away: says so at once, in words, and keeps trying.

What the bot must know of ClickUp it asks once and remembers, so that only its very first start has
to wait. Deliveries that come meanwhile are answered "not now", and ClickUp repeats them.
"""

import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from clickup_mlops import logs
from clickup_mlops.errors import ClickUpMlopsError, RetryableApiError, Unauthorized

KNOCK_S: Final = 5.0
"""How long the quick call may take."""
AGAIN_S: Final = 10.0
"""How long until the next try."""

_log = logs.get()


class Starting:
    """`knock` is one quick call to ClickUp; `begin` starts everything, and needs what ClickUp says.

    `known` tells whether that was asked before. Then it begins in any case: deliveries are taken
    in, and handled once ClickUp is back or accepts the token again.
    """

    def __init__(
        self,
        knock: Callable[[], object],
        known: Callable[[], bool],
        begin: Callable[[], None],
        *,
        again_s: float = AGAIN_S,
    ) -> None:
        self._knock, self._known, self._begin, self._again_s = knock, known, begin, again_s
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self.problem = ""
        """Why it has not begun yet, in words; empty once it has."""

    def start(self) -> None:
        """Begin, now or as soon as ClickUp can be reached.

        Raises:
            ApiError: ClickUp answered and refused, for example the token.
            ConfigError: a setting does not fit what ClickUp says.
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

    def _tried(self) -> bool:
        try:
            self._heard_from_clickup()
            self._begin()
        except RetryableApiError as problem:
            self.problem = f"ClickUp cannot be reached: {problem}"
            return False
        self.problem = ""
        return True

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
        while not self._stopping.wait(self._again_s):
            try:
                if self._tried():
                    return
            except ClickUpMlopsError as problem:
                self.problem = str(problem)
                _log.error("cannot_start", problem=str(problem), hint=problem.hint)
