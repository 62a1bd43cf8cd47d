"""`init` writes a file that works and that nobody else can read."""

import os
import stat
import tomllib
from pathlib import Path

import pytest

from clickup_mlops import config
from clickup_mlops.bot.settings import Settings
from tests.interfaces.cli.conftest import Cli


def test_the_written_file_loads_and_holds_the_answers(cli: Cli) -> None:
    """What was answered is what the bot reads; it starts in shadow mode."""
    ran = cli("init", "--token", "pk_1_ABC", "--workspace", "90", "--public-url", "https://b")
    loaded = config.load(Settings)

    assert ran.code == 0
    assert loaded.clickup.token.get_secret_value() == "pk_1_ABC"
    assert (loaded.clickup.workspace_id, loaded.hooks.public_url) == (
        "90",
        "https://b/hooks/clickup",
    )
    assert loaded.automations.mode == "shadow"
    assert "clickup-mlops check" in ran.out


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://bot.example.org/hooks/clickup", "https://bot.example.org/hooks/clickup"),
        ("https://bot.example.org", "https://bot.example.org/hooks/clickup"),
        ("https://bot.example.org/", "https://bot.example.org/hooks/clickup"),
        ("https://bot.example.org/hooks/clickup/", "https://bot.example.org/hooks/clickup"),
        ("bot.example.org:8443", "https://bot.example.org:8443/hooks/clickup"),
        ("https://example.org/bot", "https://example.org/bot/hooks/clickup"),
    ],
)
def test_an_address_is_completed(cli: Cli, typed: str, address: str) -> None:
    """With the path at which the bot receives deliveries; what was added is said."""
    ran = cli("init", "--public-url", typed)

    assert ran.code == 0
    assert config.load(Settings).hooks.public_url == address
    assert (f"hooks.public_url is {address}" in ran.out) == (typed != address)


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://bot.example.org",
        "https://",
        "https://bot?a=1",
        "https://[bot",
        "[bot",
        "https://bot:99999",
    ],
)
def test_what_is_no_address_is_refused(cli: Cli, typed: str) -> None:
    """And nothing is written."""
    ran = cli("init", "--public-url", typed)

    assert (ran.code, Path("config.toml").exists()) == (1, False)
    assert "https://bot.example.org/hooks/clickup" in ran.err


def test_only_the_owner_can_read_the_file(cli: Cli) -> None:
    """Whatever the umask, and also over a file that was open to all."""
    Path("config.toml").touch(mode=0o644)
    mask = os.umask(0)
    try:
        cli("init", "--token", "pk_1_ABC", "--force")
    finally:
        os.umask(mask)

    assert stat.S_IMODE(Path("config.toml").stat().st_mode) == 0o600
    assert [p.name for p in Path.cwd().iterdir()] == ["config.toml"]


def test_the_token_is_not_printed(cli: Cli) -> None:
    """Neither on standard output nor on standard error."""
    ran = cli("init", "--token", "pk_1_ABC")

    assert "pk_1_ABC" not in ran.out + ran.err


def test_an_existing_file_is_kept(cli: Cli) -> None:
    """Without --force nothing is overwritten."""
    Path("config.toml").write_text("# mine\n")

    ran = cli("init", "--token", "pk_1_ABC")

    assert ran.code == 1
    assert "--force" in ran.err
    assert Path("config.toml").read_text() == "# mine\n"


def test_a_value_with_quotes_survives(cli: Cli) -> None:
    """Answers are written as TOML strings, whatever is in them."""
    cli("init", "--workspace", 'a"b\\c', "--file", "other.toml")

    assert tomllib.loads(Path("other.toml").read_text())["clickup"]["workspace_id"] == 'a"b\\c'


def test_the_example_holds_every_default(cli: Cli) -> None:
    """With its keys uncommented, the example is the default configuration."""
    text = cli("init", "--example").out
    uncommented = "\n".join(
        line.removeprefix("#") if line[:1] == "#" and line[1:2].isalpha() else line
        for line in text.splitlines()
        if not line.endswith(" =")
    )
    Path("config.toml").write_text(uncommented)

    assert config.load(Settings).model_dump() == Settings().model_dump()
    assert uncommented.count("\n[") >= len(Settings.model_fields) - 1
