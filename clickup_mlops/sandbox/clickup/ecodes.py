"""ClickUp's error codes: HTTP status and text of each, as documented or as live answers showed."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Ecode(NamedTuple):
    """An answer that refuses: its status, and the text under `err`."""

    status: int
    text: str


_AUTHORIZED = Ecode(401, "Team not authorized")
_INVALID = Ecode(401, "Token invalid")

ECODES: Final[Mapping[str, Ecode]] = {
    "OAUTH_007": Ecode(400, "Redirect URI not registered"),
    "OAUTH_010": Ecode(400, "Client not found"),
    "OAUTH_017": Ecode(401, "Authorization header required"),
    **dict.fromkeys(("OAUTH_019", "OAUTH_021", "OAUTH_025", "OAUTH_077"), _INVALID),
    **dict.fromkeys((f"OAUTH_{number:03}" for number in (23, 26, 27, *range(29, 46))), _AUTHORIZED),
    "OAUTH_117": Ecode(400, "Name required"),
    "OAUTH_119": Ecode(400, "Name required"),
    "OAUTH_171": Ecode(400, "Webhook configuration already exists"),
    "APP_001": Ecode(404, "Route not found"),
    "APP_002": Ecode(429, "Rate limit reached"),
    "ACCESS_083": Ecode(401, "You do not have access to this task"),
    "ACCESS_999": Ecode(404, "Resource not found, or you have no access to it"),
    "CAT_014": Ecode(400, "Folder name taken"),
    "SUBCAT_016": Ecode(400, "List name taken"),
    "FIELD_007": Ecode(400, "Custom field not found"),
    "FIELD_011": Ecode(400, "Value must be an option index or uuid"),
    "FIELD_017": Ecode(500, "Custom field value is invalid"),
    "FIELD_033": Ecode(400, "Custom field usages exceeded for your plan"),
    "FIELD_057": Ecode(400, "Custom field id must be a valid UUID"),
    "FIELD_073": Ecode(400, "Please upgrade plan to use this feature"),
    "FIELD_220": Ecode(400, "You do not have permission to edit this field"),
    "FIELD_375": Ecode(400, "Invalid value"),
    "GBUSED_005": Ecode(400, "Storage limit exceeded"),
    "INPUT_001": Ecode(400, "Unexpected token in JSON"),
    "INPUT_002": Ecode(400, "Bad Request"),
    "ITEM_013": Ecode(404, "Task not found, deleted"),
    "ITEM_015": Ecode(404, "Task not found"),
    "ITEM_114": Ecode(400, "Status does not exist"),
    "ITEM_247": Ecode(400, "Custom task types exceeded for your plan"),
    "PUBAPITASK_014": Ecode(400, "Parameter must be an array"),
    "TEAM_110": Ecode(400, "Your plan does not allow more: please upgrade"),
    "TIMEENTRY_052": Ecode(400, "Team not found"),
    "TIMEENTRY_072": Ecode(400, "Time tracking is not enabled in this Space"),
    "SANDBOX_403": Ecode(403, "Forbidden"),
    "SANDBOX_405": Ecode(405, "Method Not Allowed"),
    "SANDBOX_STRICT": Ecode(400, "Not documented for this call"),
    "SANDBOX_501": Ecode(501, "Not modelled by the sandbox"),
}
"""By code. Those that begin with `SANDBOX` are not ClickUp's: its own are not documented."""


def get_status(code: str) -> int:
    """The HTTP status of a refusal with this code; 400 for one that is not in the table."""
    ecode = ECODES.get(code)
    return ecode.status if ecode else 400
