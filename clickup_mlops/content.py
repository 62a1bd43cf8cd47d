"""Locates the content folders (`automations/`, `templates/`) and reads TOML.

Order: the configured folder, the checkout this package runs from, the copy inside the wheel.
"""

import tomllib
from pathlib import Path
from typing import Any

from clickup_mlops.errors import TOML_SYNTAX, ConfigError, ContentError

_PACKAGE = Path(__file__).parent


def find_folder(name: str, configured: Path | None = None, *, key: str = "") -> Path:
    """The folder that holds the content called `name` (for example `automations`). `key`: the
    setting that names `configured`.

    Raises:
        ConfigError: the configured folder does not exist, or the installation is incomplete.
    """
    if configured is not None:
        if not configured.is_dir():
            raise ConfigError(
                f"{key or name}: {configured} does not exist, or is no folder",
                hint="Create it, or name none to use the shipped content.",
            )
        return configured
    for candidate in (_find_checkout() / name, _PACKAGE / "_content" / name):
        if candidate.is_dir():
            return candidate
    raise ConfigError(
        f"{name}: not found beside the package or inside it", hint="Reinstall clickup-mlops."
    )


def list_toml_files(*folders: Path) -> list[Path]:
    """The TOML files directly in the folders, in name order; of one name, that of the last."""
    by_name = {path.name: path for folder in folders for path in sorted(folder.glob("*.toml"))}
    return [by_name[name] for name in sorted(by_name)]


def read_toml(path: Path) -> dict[str, Any]:
    """One TOML file as plain data.

    Raises:
        ContentError: it cannot be read or parsed; names the file and, if known, line and column.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise ContentError(path, "", f"not valid TOML: {problem}", hint=TOML_SYNTAX) from problem
    except UnicodeDecodeError as problem:
        raise ContentError(path, "", "not UTF-8 text", hint="Save the file as UTF-8.") from problem
    except OSError as problem:
        raise ContentError.unreadable(path, problem) from problem


def _find_checkout() -> Path:
    # An editable install leaves a frozen copy inside the package: the checkout must win.
    root = _PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() else Path("/nonexistent")
