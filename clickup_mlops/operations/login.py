"""Sign in: check a token, keep it, forget it, and say where it comes from."""

import json
import os
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops import files, kept_tokens
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.config import ENV_PREFIX
from clickup_mlops.errors import InputError
from clickup_mlops.kept_tokens import KeptToken

if TYPE_CHECKING:
    from clickup_mlops.bot.settings import Settings
    from clickup_mlops.clickup.model import Person

_VARIABLE: Final = f"{ENV_PREFIX}CLICKUP__TOKEN"


def ask_user(token: str, *, oauth: bool, base_url: str) -> "Person":
    """Whose token it is. One call.

    Raises:
        Unauthorized: ClickUp does not know it.
    """
    with ClickUp(token, base_url=base_url, oauth=oauth) as client:
        return client.authorization.user()


def list_addresses() -> str:
    """For which addresses tokens are kept, in a sentence that a space begins; empty: for none."""
    addresses = ", ".join(sorted(kept_tokens.read_entries()))
    return f" Tokens are kept for {addresses}: each is used there alone." if addresses else ""


def keep(token: str, *, oauth: bool, base_url: str, user: str) -> str:
    """Keep the token for this address, in the keyring if there is one; where, in words.

    Raises:
        InputError: the file of the kept tokens cannot be read, so it is left as it is.
    """
    base_url = kept_tokens.normalise(base_url)
    entry: dict[str, Any] = {"oauth": oauth, "user": user}
    entries = _read_kept()
    keyring = kept_tokens.find_keyring()
    if keyring is not None:
        with suppress(Exception):  # a locked one refuses: the file is left
            keyring.set_password(kept_tokens.SERVICE, base_url, token)
            _write(entries | {base_url: entry | {"keyring": True}})
            return "the system's keyring"
    _write(entries | {base_url: entry | {"token": token}})
    return str(kept_tokens.locate_file())


def _read_kept() -> dict[str, dict[str, Any]]:
    try:
        return kept_tokens.read_file()
    except (OSError, ValueError) as problem:
        raise InputError(
            f"{kept_tokens.locate_file()} cannot be read: {problem}",
            hint="It may hold other tokens: repair or remove it, then run `login` again.",
        ) from problem


def forget(base_url: str) -> KeptToken | None:
    """Forget the token for this address; what was kept, or None."""
    base_url = kept_tokens.normalise(base_url)
    token = kept_tokens.read(base_url)
    entries = kept_tokens.read_entries()
    entry = entries.pop(base_url, None)
    if entry is None:
        return None
    if entry.get("keyring") and (keyring := kept_tokens.find_keyring()) is not None:
        with suppress(Exception):  # it is gone from there already
            keyring.delete_password(kept_tokens.SERVICE, base_url)
    _write(entries)
    return token


def _write(entries: dict[str, dict[str, Any]]) -> None:
    file = kept_tokens.locate_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    files.write(file, json.dumps(entries, indent=2) + "\n", private=True)


def find_source(settings: "Settings") -> str:
    """Where the token in these settings comes from, in words; empty: there is none."""
    token = settings.clickup.token.get_secret_value()
    if not token:
        return ""
    if any(name.upper() in (_VARIABLE, f"{ENV_PREFIX}CLICKUP") for name in os.environ):
        return f"the environment ({_VARIABLE})"
    config = type(settings).model_config
    folder, file = config.get("secrets_dir"), config.get("toml_file")
    if isinstance(folder, str | Path) and (Path(folder) / f"{ENV_PREFIX.lower()}clickup").is_file():
        return f"the secrets folder ({folder})"
    if isinstance(file, Path) and _has_token(file):
        return str(file)
    kept = kept_tokens.read(settings.clickup.base_url)
    return f"`clickup-mlops login` ({kept.place})" if kept else "the program"


def _has_token(file: Path) -> bool:
    with suppress(OSError, ValueError):
        return bool(tomllib.loads(file.read_text("utf-8")).get("clickup", {}).get("token"))
    return False
