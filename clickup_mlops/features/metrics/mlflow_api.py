"""MLflow's REST API, as sources ask it."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import HttpUrl, SecretStr

from clickup_mlops.features.metrics.source import Reader, SourceTable

_API: Final = "/api/2.0/mlflow"


class MlflowTable(SourceTable):
    """Settings of a source that asks a tracking server."""

    url: HttpUrl
    """Of the tracking server."""
    bearer: SecretStr = SecretStr("")
    """Sent as `Authorization: Bearer …`."""


def ask(
    table: MlflowTable, reader: Reader, path: str, params: Mapping[str, str], body: Any = None
) -> Any:
    """The answer to a GET, or with a body to a POST. Raises SourceError."""
    token = table.bearer.get_secret_value()
    return reader.json(
        f"{str(table.url).rstrip('/')}{_API}/{path}",
        params,
        {"Authorization": f"Bearer {token}"} if token else {},
        table.timeout.total_seconds(),
        body,
    )
