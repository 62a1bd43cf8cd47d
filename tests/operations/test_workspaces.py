"""Several workspaces share nothing that would mix them up."""

from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ConfigError
from clickup_mlops.operations import workspaces
from clickup_mlops.operations.workspaces import secrets_folder


@pytest.mark.parametrize(
    ("key", "first", "second"),
    [
        ("clickup.token", {"clickup": {"token": "pk_1"}}, {"clickup": {"token": "pk_1"}}),
        ("store.url", {}, {}),
        ("server.port", {"server": {"port": 8080}}, {}),
    ],
)
def test_workspaces_must_not_share(key: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    """Token, database and port are told by name; so is what to do."""
    with pytest.raises(ConfigError, match=f"a, b: the same {key}") as refused:
        workspaces.must_be_apart({"a": Settings(**first), "b": Settings(**second)})
    assert "SECRETS_DIR" in refused.value.hint


def test_workspaces_with_all_their_own_are_apart() -> None:
    """A port that is left to the system is one's own."""
    first, second = (
        Settings(
            clickup={"token": f"pk_{name}"},
            store={"url": f"sqlite:///{name}.db"},
            server={"port": 0},
        )
        for name in "ab"
    )

    workspaces.must_be_apart({"a": first, "b": second})


def test_each_has_its_own_folder_of_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the settings file's name; without one the common folder holds."""
    (tmp_path / "vision").mkdir()
    monkeypatch.setenv("CLICKUP_MLOPS_SECRETS_DIR", str(tmp_path))

    assert secrets_folder("vision") == str(tmp_path / "vision")
    assert secrets_folder("speech") is None
