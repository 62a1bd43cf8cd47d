"""Every error raised on purpose, with a message and, in `hint`, a suggestion.

The command line turns these into one line and an exit code (0 done, 1 error, 2 work to do);
anything else that escapes is a bug and shows its traceback.
"""

import errno
from pathlib import Path
from typing import Final

TOML_SYNTAX: Final = "Texts stand in quotes, lists in brackets, names of tables in [brackets]."
"""The hint about a file that is no TOML."""
_ABOUT_FILES: Final = {
    errno.ENOENT: "Check the path: its folder has to exist.",
    errno.ENOTDIR: "Check the path: its folder has to exist.",
    errno.EISDIR: "Name a file, not a folder.",
    errno.EACCES: "Give this user access to it, or name another place.",
    errno.EPERM: "Give this user access to it, or name another place.",
    errno.EROFS: "Name a place that can be written to.",
    errno.ENOSPC: "Free some disk space, or name another place.",
    errno.EDQUOT: "Free some disk space, or name another place.",
}


class ClickUpMlopsError(Exception):
    """Base of all errors raised on purpose. `hint` suggests what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(ClickUpMlopsError):
    """A setting is missing or invalid; the message has the file and dotted key of every problem."""


class ContentError(ClickUpMlopsError):
    """An automation, template or data file is invalid: file, key or line, and reason."""

    def __init__(self, file: Path | str, key: str, problem: str, *, hint: str = "") -> None:
        where = f"{file}: {key}" if key else f"{file}"
        super().__init__(f"{where}: {problem}", hint=hint)
        self.file, self.key, self.problem = str(file), key, problem

    @classmethod
    def unreadable(cls, file: Path, problem: OSError) -> "ContentError":
        """About a file that cannot be opened."""
        return cls(file, "", problem.strerror or str(problem), hint=hint_about_file(problem))


class InputError(ClickUpMlopsError):
    """An invalid value from the user: a wrong option, label or argument."""


class BadSignature(ClickUpMlopsError):
    """The signature does not match any known secret."""


class BadPayload(ClickUpMlopsError):
    """The body of a webhook is not a valid event."""


class StoreUnavailable(ClickUpMlopsError):
    """The store is unavailable (locked, full, down); retrying later may succeed."""


class StoreBusy(StoreUnavailable):
    """The store is overloaded; the sender should deliver again later."""


class ApiError(ClickUpMlopsError):
    """The API refused. `status` is the HTTP status (0: no answer), `code` ClickUp's ECODE."""

    def __init__(
        self, message: str, *, status: int = 0, code: str = "", call: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.status, self.code, self.call = status, code, call


class RetryableApiError(ApiError):
    """A transient error: 429, 5xx or no connection. `after_s`: the wait requested by the server."""

    after_s: float = 0.0


class ForeignAnswer(RetryableApiError):
    """Something else than the API answered, such as a proxy, a firewall or a maintenance page. It
    says nothing about what was asked for.
    """


class UncertainWrite(ApiError):
    """A write without an answer, whose outcome is unknown; it must not be repeated blindly."""


class NotFound(ApiError):
    """The object does not exist, or this token cannot see it (ClickUp answers 404 for both)."""


class Forbidden(ApiError):
    """The token is valid but lacks the permission."""


class Unauthorized(ApiError):
    """The token is missing, wrong or revoked: authorise again."""


class PlanLimit(ApiError):
    """A limit of the Workspace's plan, for example the 60 field uses of the Free plan."""


class Conflict(ClickUpMlopsError):
    """People have changed what the bot keeps up to date, so that it leaves it alone."""


class UnsafePlan(ClickUpMlopsError):
    """A plan would change more objects than allowed; the message has the numbers."""


def is_refusal(problem: BaseException) -> bool:
    """Whether the same would be refused again, so that only a person can help.

    Not what may work later (429, 5xx, a token that is not accepted), and no answer that cannot be
    read: nobody has refused anything then.
    """
    if isinstance(problem, RetryableApiError | UncertainWrite | Unauthorized):
        return False
    final = (BadPayload, Conflict, Forbidden, InputError, NotFound, PlanLimit)
    return isinstance(problem, final) or (isinstance(problem, ApiError) and problem.status >= 400)


def hint_about_file(problem: OSError) -> str:
    """What to do about a file that cannot be read or written."""
    return _ABOUT_FILES.get(problem.errno or 0, "")
