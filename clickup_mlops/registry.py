"""The folder is the registry: a feature is a module in a folder, and its file name is its name."""

import importlib
import pkgutil
import sys
from functools import lru_cache
from importlib.metadata import EntryPoints, entry_points
from types import ModuleType
from typing import Any

from clickup_mlops.errors import ConfigError


def find(package: ModuleType, attribute: str) -> dict[str, Any]:
    """Each public module in `package`, by file name, with the object that it must define.

    A sub-package that does not define it is a room: its modules count as `<room>.<file name>`.
    Other distributions add to the same folder through the entry-point group named after the
    package (for example `clickup_mlops.automations.actions`).

    Raises:
        ConfigError: a module lacks the attribute; names the module.
    """
    found: dict[str, Any] = {}
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if info.ispkg and not hasattr(module, attribute):
            found |= {f"{info.name}.{name}": one for name, one in find(module, attribute).items()}
        else:
            found[info.name] = _defined(module, attribute)
    for entry in installed(package.__name__):
        found[entry.name] = _defined(entry.load(), attribute)
    return dict(sorted(found.items()))


def installed(group: str) -> EntryPoints:
    """What other distributions add to a group."""
    found: EntryPoints = _installed(tuple(sys.path)).select(group=group)
    return found


@lru_cache(maxsize=1)
def _installed(_path: tuple[str, ...]) -> Any:
    # Looking through every distribution takes 5 ms, and there are many groups. The result's type
    # differs between versions of Python; each can select.
    return entry_points()


def _defined(module: Any, attribute: str) -> Any:
    if not hasattr(module, attribute):
        raise ConfigError(
            f"{module.__name__} defines no {attribute}",
            hint=f"Every module in this folder must define {attribute}; see its neighbours.",
        )
    return getattr(module, attribute)
