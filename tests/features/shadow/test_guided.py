"""`init --guided`: from nothing to a proposal on one's own board."""

import io
import tomllib
from pathlib import Path

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.shadow.cli._guided import Place, find_places
from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli

PLACES = [
    Place("901", "11", "Serving", "ML / Models / Serving"),
    Place("902", "11", "Training", "ML / Models / Training"),
    Place("903", "12", "Training", "Lab / Training"),
]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["1"], ["901"]),
        (["serving"], ["901"]),
        (["Lab / Training"], ["903"]),
        (["902", "2"], ["902"]),
        (["all"], ["901", "902", "903"]),
    ],
)
def test_lists_are_picked_by_number_name_path_or_id(words: list[str], expected: list[str]) -> None:
    """Each once."""
    assert [place.list_id for place in find_places(PLACES, words)] == expected


@pytest.mark.parametrize("word", ["Servin", "Training", "4", ""])
def test_a_word_that_names_none_or_several_is_refused(word: str) -> None:
    with pytest.raises(InputError) as problem:
        find_places(PLACES, [word])
    assert problem.value.hint


@pytest.mark.clickup_sandbox(seed="plain")
def test_a_team_without_any_field_sees_its_board_in_one_command(
    clickup_sandbox: Sandbox, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["--token", clickup_sandbox.token, "--base-url", clickup_sandbox.url]
    result = cli("init", "--guided", *options, "--list", "Serving", "--channel", "ml")

    assert result.code == 0
    assert "would have raised 4, lowered 1" in result.out
    assert "No custom field is needed" in result.out
    (message,) = clickup_sandbox.world.messages
    assert "would have raised 4, lowered 1" in message.content
    tables = tomllib.loads((tmp_path / "config.toml").read_text())
    assert tables["automations"] == {"mode": "shadow"}
    assert tables["hooks"] == {"list_id": tables["shadow"]["lists"][0]}
    assert cli("check").code == 0
    assert "No problems." in cli("doctor").out
    assert cli("shadow", "show").code == 0
    assert cli("live", "Serving").code == 0


@pytest.mark.clickup_sandbox(seed="plain")
def test_who_has_signed_in_is_not_asked_for_a_token(
    clickup_sandbox: Sandbox, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the settings file holds none."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{clickup_sandbox.token}\n"))
    assert cli("login", "--token", "--base-url", clickup_sandbox.url).code == 0

    result = cli("init", "--guided", "--base-url", clickup_sandbox.url, "--list", "Serving")
    assert result.code == 0 and "Signed in as Router Bot" in result.out
    assert "token" not in (tmp_path / "config.toml").read_text()
    assert cli("live").code == 0
