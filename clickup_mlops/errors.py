"""Every error raised on purpose. Each says what is wrong and, in `hint`, what to try next.

The command line turns these into one line and an exit code (0 done, 1 error, 2 work to do);
anything else that escapes is a bug and shows its traceback.
"""

from pathlib import Path


class ClickUpMlopsError(Exception):
    """Anything we raise on purpose. `hint` tells a person what to try next."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(ClickUpMlopsError):
    """A setting is missing or wrong; the message names file and dotted key of every problem."""


class ContentError(ClickUpMlopsError):
    """An automation, template or data file is wrong: which file, which key or line, and why."""

    def __init__(self, file: Path | str, key: str, problem: str, *, hint: str = "") -> None:
        where = f"{file}: {key}" if key else f"{file}"
        super().__init__(f"{where}: {problem}", hint=hint)
        self.file, self.key, self.problem = str(file), key, problem


class InputError(ClickUpMlopsError):
    """A person gave a value that cannot be used: a wrong option, label or argument."""


class BadSignature(ClickUpMlopsError):
    """The bytes were not signed with a secret we know."""


class BadPayload(ClickUpMlopsError):
    """The body of a webhook is not an event that we can read."""


class StoreUnavailable(ClickUpMlopsError):
    """The store cannot be used right now (locked, full, down): the same call may succeed later."""


class StoreBusy(StoreUnavailable):
    """The store cannot take more right now; the sender should deliver again later."""


class ApiError(ClickUpMlopsError):
    """The API refused. `status` is the HTTP status (0: no answer), `code` ClickUp's ECODE."""

    def __init__(
        self, message: str, *, status: int = 0, code: str = "", call: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.status, self.code, self.call = status, code, call


class RetryableApiError(ApiError):
    """Not now: a 429, a 5xx or a broken line. `after_s`: the wait that the server asked for."""

    after_s: float = 0.0


class UncertainWrite(ApiError):
    """A write that must not be repeated blindly got no answer: it may or may not have happened."""


class NotFound(ApiError):
    """The object does not exist, or this token cannot see it (ClickUp answers 404 for both)."""


class Forbidden(ApiError):
    """The token is valid but may not do this."""


class Unauthorized(ApiError):
    """The token is missing, wrong or revoked: authorise again."""


class PlanLimit(ApiError):
    """The Workspace's plan does not allow it, for example the Free plan's 60 field uses."""


class UnsafePlan(ClickUpMlopsError):
    """A plan would change more than allowed; the message holds the numbers."""
