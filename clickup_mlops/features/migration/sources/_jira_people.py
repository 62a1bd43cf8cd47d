"""People as Jira's API gives them. Pure."""

from clickup_mlops.features.migration.records import Person
from clickup_mlops.features.migration.sources._files.text import clean
from clickup_mlops.json_types import Json


def person_of(value: Json) -> Person | None:
    """A user of Jira's API; only those have a display name. None: it is none."""
    if not isinstance(value, dict) or "displayName" not in value:
        return None
    id = clean(value.get("accountId") or value.get("key") or value.get("name"))
    name, email = clean(value["displayName"]), clean(value.get("emailAddress"))
    is_app = value.get("accountType") == "app"
    return Person(
        id or name, name, email, "agent" if is_app else "person", value.get("active") is not False
    )
