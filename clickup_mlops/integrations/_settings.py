"""A table `[integrations.<name>]` has the settings of its `kind`."""

from typing import Annotated, Any

from pydantic import PlainValidator, SerializeAsAny, ValidationError

from clickup_mlops import registry
from clickup_mlops.config import Table, worded
from clickup_mlops.integrations._model import IntegrationTable, Kind
from clickup_mlops.spelling import did_you_mean


def kinds() -> dict[str, Kind[Any]]:
    """Each tool by its name, which is that of its module."""
    from clickup_mlops import integrations  # only bots that have integrations need the modules

    return registry.find(integrations, "KIND")


def _table(given: Any) -> IntegrationTable:
    if isinstance(given, IntegrationTable):
        return given
    if not isinstance(given, dict):
        raise ValueError("Input should be a table")
    known, kind = kinds(), given.get("kind", "generic")
    if kind not in known:
        raise ValueError(f"kind: {kind!r} is no kind{did_you_mean(str(kind), known)}")
    model: type[IntegrationTable] = known[kind].settings
    try:
        return model.model_validate(given)
    except ValidationError as problems:
        found = problems.errors(include_input=False, include_url=False)
        texts = [_described(one, model) for one in found]
    # Outside of the handler: its chain shows values, secrets among them.
    raise ValueError("; ".join(texts))


def _described(problem: Any, model: type[Table]) -> str:
    path = ".".join(map(str, problem["loc"]))
    text = worded(problem["type"], problem["loc"], problem["msg"], model)
    return f"{path}: {text}" if path else text


AnyTable = Annotated[SerializeAsAny[IntegrationTable], PlainValidator(_table)]
"""A table with the settings of whatever kind it names."""
