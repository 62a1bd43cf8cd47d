"""ClickUp's API as Python: `ClickUp(token).tasks.get("86d3f01jq")`."""

from clickup_mlops._version import __version__

from clickup_mlops.clickup.client import (
    BASE_URL,
    UNSET,
    ClickUp,
    CustomId,
    PriorityClass,
    build_consent_url,
    exchange_code,
)
from clickup_mlops.clickup.client.batch import Batch, run_batch
from clickup_mlops.errors import (
    ApiError,
    Forbidden,
    InputError,
    NotFound,
    PlanLimit,
    RetryableApiError,
    Unauthorized,
    UncertainWrite,
)
from clickup_mlops.errors import ClickUpMlopsError as ClickUpError

__all__ = [
    "BASE_URL",
    "UNSET",
    "ApiError",
    "Batch",
    "ClickUp",
    "ClickUpError",
    "CustomId",
    "Forbidden",
    "InputError",
    "NotFound",
    "PlanLimit",
    "PriorityClass",
    "RetryableApiError",
    "Unauthorized",
    "UncertainWrite",
    "__version__",
    "build_consent_url",
    "exchange_code",
    "run_batch",
]
