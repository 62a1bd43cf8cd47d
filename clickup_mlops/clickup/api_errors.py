"""What ClickUp's refusals mean: error type and hint by ECODE, else by HTTP status. Pure.

v2 answers `{"err", "ECODE"}`, its template endpoints `{"error", "ECODE"}`, v3 `{"status",
"message"}`. Codes from ClickUp's pages on common errors and from measured answers.
"""

from collections.abc import Mapping

from clickup_mlops.errors import (
    ApiError,
    Forbidden,
    NotFound,
    PlanLimit,
    RetryableApiError,
    Unauthorized,
)
from clickup_mlops.json_types import Json

_RENEW = (
    "Create a new token (Settings > Apps) or authorise again, then update clickup.token. "
    "A token of an OAuth app needs clickup.oauth = true."
)
_GONE = "It was deleted, the id is wrong, or this token's user cannot see it."
_SHARE = "Share the object with the token's user, or authorise this Workspace for the token."
_PLAN = "The Workspace's plan does not include this; see ClickUp's pricing page."
_TEMPLATE = 'Give the new object a "name".'

_NAME_IN_USE = "Use the one that is there, or give another name."

_CODES: dict[str, tuple[type[ApiError], str]] = {
    "OAUTH_007": (ApiError, "Register this redirect URI in the OAuth app's settings."),
    "OAUTH_010": (ApiError, "Check the OAuth app's client id."),
    "OAUTH_017": (
        Unauthorized,
        "No token was sent: set clickup.token, or use `clickup-mlops login`.",
    ),
    "OAUTH_019": (Unauthorized, _RENEW),
    "OAUTH_021": (Unauthorized, _RENEW),
    "OAUTH_025": (Unauthorized, _RENEW),
    "OAUTH_077": (Unauthorized, _RENEW),
    "OAUTH_117": (ApiError, _TEMPLATE),
    "OAUTH_119": (ApiError, _TEMPLATE),
    "OAUTH_171": (ApiError, "The same endpoint is registered for this place: update that webhook."),
    "APP_001": (NotFound, "There is no such route: is the base URL right?"),
    "ACCESS_083": (Forbidden, _SHARE),
    "ACCESS_999": (NotFound, _GONE),
    "CAT_014": (ApiError, _NAME_IN_USE),
    "SUBCAT_016": (ApiError, _NAME_IN_USE),
    "ITEM_013": (NotFound, _GONE),
    "ITEM_015": (NotFound, _GONE),
    "ITEM_114": (ApiError, "Statuses belong to the list: read them with the list."),
    "ITEM_247": (PlanLimit, _PLAN),
    "FIELD_007": (NotFound, "Read the fields of the task's list: they may have changed."),
    "FIELD_011": (ApiError, "Give an option of the field: its options may have changed."),
    "FIELD_033": (PlanLimit, "The Free plan allows 60 custom field uses, ever: use tags instead."),
    "FIELD_057": (ApiError, "A field is named by its UUID."),
    "FIELD_017": (ApiError, "The value does not fit the field, or the API cannot set it."),
    "FIELD_220": (Forbidden, "The token's user may not set this field, or the API cannot."),
    "FIELD_375": (ApiError, "The value does not fit the field's type."),
    "FIELD_073": (PlanLimit, _PLAN),
    "TEAM_110": (PlanLimit, _PLAN),
    "GBUSED_005": (PlanLimit, "The Workspace's storage is full."),
    "PUBAPITASK_014": (ApiError, "A list parameter needs brackets in its name."),
}
_CODES |= {f"OAUTH_{number:03}": (Forbidden, _SHARE) for number in (26, 27, *range(29, 46))}
_CODES["OAUTH_023"] = (Forbidden, f"Is the id right? {_SHARE}")
_NO_FAULTS = frozenset({"FIELD_017"})
"""Codes of refusals that come with a status of 500 and above (live answers of 2026)."""
_READ_TASK, _UNSEEN = "GET /api/v2/task/{task_id}", "ACCESS_083"
"""What reading a task, its comments or its times is answered if the token's user cannot see it
(live answers of 2026)."""

_STATUSES: dict[int, tuple[type[ApiError], str]] = {
    400: (ApiError, "ClickUp does not say which value is wrong. Times are Unix milliseconds."),
    401: (Forbidden, _SHARE),
    402: (PlanLimit, _PLAN),
    403: (Forbidden, _SHARE),
    404: (NotFound, _GONE),
    413: (ApiError, "Send less at once; a file may have up to 1 GB."),
}


def build_api_error(status: int, body: Json, request: str) -> ApiError:
    """The error for an answer with this HTTP status; `request` is its method and route."""
    answer = body if isinstance(body, Mapping) else {}
    code = str(answer.get("ECODE") or "")
    text = next((answer[key] for key in ("err", "error", "message") if answer.get(key)), "")
    is_unseen = request.startswith(_READ_TASK) and code == _UNSEEN
    kind, hint = (NotFound, _GONE) if is_unseen else _classify(status, code)
    where = f"{status} {code}".rstrip()
    message = f"{request}: {str(text)[:300] or 'refused without a reason'} ({where})"
    return kind(message, status=status, code=code, call=request, hint=hint)


def _classify(status: int, code: str) -> tuple[type[ApiError], str]:
    if status == 429:
        return RetryableApiError, "The rate limit is used up; the call waits for its Reset."
    if status == 501:
        return ApiError, "This server does not offer it."
    if (status >= 500 or status == 408) and code not in _NO_FAULTS:
        return RetryableApiError, "ClickUp has a problem; see its status page if this stays."
    return _CODES.get(code) or _STATUSES.get(status) or (ApiError, "")
