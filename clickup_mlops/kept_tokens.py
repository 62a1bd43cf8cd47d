"""Tokens that `login` keeps: in the system's keyring, or in a file that only its owner can read.

One for each address of the API, so that a sandbox's token is never sent to ClickUp. The file says
of each whether the keyring has it. `config` reads it last: whatever else names a token wins.
"""

import importlib
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SERVICE: Final = "clickup-mlops"
"""Under this name the keyring has them; the user name there is the API's address."""
OFFICIAL: Final = "https://api.clickup.com"


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A token, whether it came from OAuth, whose it is, and where it is kept, in words."""

    token: str
    oauth: bool
    user: str
    place: str


def locate_file() -> Path:
    """The file, there or not."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("APPDATA") or Path.home())
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return folder / SERVICE / "login.json"


def read_entries() -> dict[str, dict[str, Any]]:
    """What the file says, by address; nothing if it cannot be read."""
    with suppress(OSError, ValueError, RuntimeError):
        return read_file()
    return {}


def read_file() -> dict[str, dict[str, Any]]:
    """The same; nothing if there is no file.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    try:
        entries = json.loads(locate_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    if not isinstance(entries, dict):
        raise ValueError("no JSON object")
    return {str(key): entry for key, entry in entries.items() if isinstance(entry, dict)}


def normalise(base_url: str) -> str:
    """The address as tokens are kept for it: with or without a slash at its end it is the same."""
    return base_url.rstrip("/")


def read(base_url: str) -> KeptToken | None:
    """The token for this address; None: there is none, or it cannot be read now."""
    base_url = normalise(base_url)
    entry = read_entries().get(base_url)
    if entry is None:
        return None
    keyring = find_keyring() if entry.get("keyring") else None
    token, place = str(entry.get("token") or ""), str(locate_file())
    if keyring is not None:
        place = "the system's keyring"
        with suppress(Exception):  # a locked keyring, or one whose service is away
            token = keyring.get_password(SERVICE, base_url) or ""
    user = str(entry.get("user") or "")
    return KeptToken(token, bool(entry.get("oauth")), user, place) if token else None


def find_keyring() -> Any:
    """The library `keyring`, if it is installed and the system has a keyring that it can use."""
    with suppress(Exception):  # its backends fail in many ways where there is no desktop
        keyring = importlib.import_module("keyring")
        if keyring.get_keyring().priority >= 1:
            return keyring
    return None
