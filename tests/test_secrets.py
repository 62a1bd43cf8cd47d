"""What must stay secret stays so: in errors, in logs, and on disk."""

import json
import stat
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops import config
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ConfigError
from clickup_mlops.logs import Redactor
from clickup_mlops.store import Store

TOKEN = "pk_1234567_ABCDEFGHIJKLMNOP"


def test_a_mistyped_key_does_not_show_its_value(tmp_path: Path) -> None:
    """Not in the message, and not in the traceback that `--debug` prints."""
    file = tmp_path / "config.toml"
    file.write_text(f'[clickup]\ntokn = "{TOKEN}"\n')

    with pytest.raises(ConfigError) as caught:
        config.load(Settings, file)

    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_a_secret_that_is_not_json_is_named_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the secrets folder its file, of the environment the variable; a folder must be there."""
    (tmp_path / "clickup_mlops_clickup").write_text(TOKEN)
    monkeypatch.setenv("CLICKUP_MLOPS_SECRETS_DIR", str(tmp_path))
    with pytest.raises(ConfigError, match="clickup_mlops_clickup: is not JSON") as caught:
        config.load(Settings)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))

    monkeypatch.setenv("CLICKUP_MLOPS_SECRETS_DIR", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="CLICKUP_MLOPS_SECRETS_DIR: there is no folder"):
        config.load(Settings)

    monkeypatch.delenv("CLICKUP_MLOPS_SECRETS_DIR")
    monkeypatch.setenv("CLICKUP_MLOPS_HOOKS__EVENTS", "taskCreated")
    with pytest.raises(ConfigError, match="CLICKUP_MLOPS_HOOKS__EVENTS: lists and tables are JSON"):
        config.load(Settings)


@pytest.mark.parametrize("user", ["", "bot"])
def test_a_password_in_an_address_is_redacted(user: str) -> None:
    """With and without a user, and when the password itself holds an @."""
    text = Redactor().text(f"cannot reach redis://{user}:hunter2@three@127.0.0.1:6379/0")

    assert "hunter2" not in text
    assert "three" not in text


def test_an_address_whose_password_is_masked_already_is_left_as_it_is() -> None:
    """It tells user and host; a password that only begins like the mask is redacted."""
    address = "store postgresql+psycopg://bot:***@127.0.0.1:5432/bot: connection refused"
    assert Redactor().text(address) == address
    assert "three" not in Redactor().text("redis://bot:***@three@127.0.0.1:6379/0")


records = st.recursive(
    st.none() | st.integers() | st.text() | st.just(TOKEN) | st.just(f"at {TOKEN}.".encode()),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.just(TOKEN), inner)
        | st.tuples(inner)
        | inner.map(lambda value: ValueError(value))
    ),
)


@given(record=st.dictionaries(st.text(), records))
def test_a_known_secret_is_found_wherever_it_stands(record: dict[str, Any]) -> None:
    """In keys, in nested values, in bytes, in errors: the JSON line never holds it."""
    redactor = Redactor()
    redactor.hide(["ABCDEFGHIJKLMNOP"])

    assert "ABCDEFGHIJKLMNOP" not in json.dumps(redactor(None, "info", record))


def test_every_secret_of_the_settings_is_known() -> None:
    """Wherever it stands. Of an address only the password: hosts belong in error messages."""
    settings = Settings(
        clickup={"token": TOKEN},
        store={"url": "postgresql://bot:p%40ss@db.example.org/bot"},
        engine={"broker_url": "redis://127.0.0.1:6379/0"},
        outbound={"targets": {"deploys": {"url": "https://example.org", "secret": "whsec_1"}}},
        audit={"old_keys": ["former"]},
    )

    secrets = set(config.collect_secrets(settings))
    assert secrets == {"p%40ss", "p@ss", TOKEN, "whsec_1", "former"}


def test_secrets_of_named_tables_are_found() -> None:
    """Integrations and targets are tables under names that the team chose."""
    settings = Settings(integrations={"mlflow": {"secret": "s3cret"}, "argo": {"token": "t0ken"}})

    assert {"s3cret", "t0ken"} <= set(config.collect_secrets(settings))


def test_the_store_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """It holds webhook secrets and the texts of tasks."""
    file = tmp_path / "bot.db"

    Store.open(f"sqlite:///{file}").close()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
