"""ClickUp's API as Python: `ClickUp(token).tasks.get("86d3f01jq")`."""

from clickup_mlops.clickup.client.base import UNSET, CustomId
from clickup_mlops.clickup.client.facade import BASE_URL, ClickUp
from clickup_mlops.clickup.client.resources.authorization import build_consent_url, exchange_code
from clickup_mlops.clickup.governor import PriorityClass

__all__ = [
    "BASE_URL",
    "UNSET",
    "ClickUp",
    "CustomId",
    "PriorityClass",
    "build_consent_url",
    "exchange_code",
]
