"""A new tool is one file: found, its settings read, and its deliveries accepted."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from clickup_mlops.bot.settings import Settings
from clickup_mlops.features.integrations import tools
from clickup_mlops.features.integrations.tools import Delivery, kinds

TOOL = '''
"""Builds of a CI that signs with a password in the body."""

from clickup_mlops.errors import BadSignature
from clickup_mlops.features.integrations.tools import Delivery, IntegrationTable, Kind, Report


class Settings(IntegrationTable):
    branch: str = "main"


def verify(settings, delivery):
    if settings.secret.get_secret_value().encode() not in delivery.body:
        raise BadSignature("no")


def parse(settings, delivery):
    return [Report("built", once="1", facts={"branch": settings.branch})]


KIND = Kind("Builds.", Settings, verify, parse)
'''


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One more file in the folder."""
    (tmp_path / "own_ci.py").write_text(TOOL, encoding="utf-8")
    monkeypatch.setattr(tools, "__path__", [*tools.__path__, str(tmp_path)])
    yield "own_ci"
    sys.modules.pop(f"{tools.__name__}.own_ci", None)


def test_a_new_tool_is_one_file(tool: str) -> None:
    """Nothing else knows it."""
    settings = Settings(integrations={"ci": {"kind": tool, "secret": "s", "branch": "dev"}})
    kind, table = kinds()[tool], settings.integrations["ci"]
    (report,) = kind.parse(table, Delivery({}, b"s", 0))
    assert report.to_dict()["facts"] == {"branch": "dev"}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"kind": "mlfow", "secret": "s"}, 'did you mean "mlflow"'),
        ({"kind": "mlflow"}, "set `secret` or `token`"),
        ({"kind": "github", "secret": "s", "tolerance": 3}, "tolerance: there is no such key"),
        ({"secret": "s", "find": {"field": "a"}}, "`field` and `value` need each other"),
    ],
)
def test_a_wrong_table_is_explained(table: dict[str, object], says: str) -> None:
    """In the words of the kind that it names."""
    with pytest.raises(ValidationError, match=r"integrations\.x") as problem:
        Settings(integrations={"x": table})
    assert says in str(problem.value)
