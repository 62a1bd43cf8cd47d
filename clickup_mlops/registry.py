"""The folder is the registry: a feature is a module in a folder, and its file name is its name."""

import importlib
import pkgutil
import sys
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from clickup_mlops.errors import ConfigError

FEATURES: Final = Path(__file__).parent / "features"
"""Where each folder is a feature."""
_FEATURES: Final = "clickup_mlops.features"


def find(package: ModuleType, attribute: str) -> dict[str, Any]:
    """Each public module in `package`, by file name, with the object that it must define.

    A sub-package that does not define it is a group: its modules count as `<group>.<file name>`.
    Other distributions add to the same folder through the entry-point group named after the
    package (for example `clickup_mlops.automations.actions`).

    Raises:
        ConfigError: a module lacks the attribute; names the module.
    """
    by_name: dict[str, Any] = {}
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if info.ispkg and not hasattr(module, attribute):
            by_name |= {
                f"{info.name}.{name}": definition
                for name, definition in find(module, attribute).items()
            }
        else:
            by_name[info.name] = _read_attribute(module, attribute)
    for entry in list_installed(package.__name__):
        by_name[entry.name] = _read_attribute(entry.load(), attribute)
    return dict(sorted(by_name.items()))


def find_all(room: str, attribute: str, *packages: ModuleType) -> dict[str, Any]:
    """As `find`, in the packages and in each feature's sub-package `room`, such as `slash`.

    Raises:
        ConfigError: a module lacks the attribute, or two have the same name; names the modules.
    """
    modules: dict[str, Any] = {}
    folders = (importlib.import_module(name) for name in rooms(room))
    for package in (*packages, *folders):
        entries = find(package, attribute)
        if repeated := modules.keys() & entries.keys():
            raise ConfigError(
                f'"{min(repeated)}" is defined twice: in {package.__name__} and before',
                hint="Rename one of the two modules.",
            )
        modules |= entries
    return dict(sorted(modules.items()))


def find_modules(name: str, attribute: str) -> dict[str, Any]:
    """The attribute of each feature's module of that name, such as `package`, by feature.

    Raises:
        ConfigError: a module lacks the attribute; names the module.
    """
    modules = {
        feature: importlib.import_module(f"{_FEATURES}.{feature}.{name}")
        for feature in features()
        if (FEATURES / feature / f"{name}.py").is_file()
    }
    return {feature: _read_attribute(module, attribute) for feature, module in modules.items()}


@cache
def rooms(name: str) -> Mapping[str, Path]:
    """The sub-packages of that name of all features: their full names, with their folders.

    `name` may be a path, such as `pages/now`.
    """
    folders = (FEATURES / feature / name for feature in features())
    return {
        ".".join((_FEATURES, *folder.relative_to(FEATURES).parts)): folder
        for folder in folders
        if (folder / "__init__.py").is_file()
    }


@cache
def features() -> tuple[str, ...]:
    """The features of this installation, by folder name.

    One that needs another names it in `REQUIRES`, in its `__init__.py`; without it, it is left out.
    """
    names = sorted(file.parent.name for file in FEATURES.glob("*/__init__.py"))
    requires = {name: requirements(name) for name in names}
    while missing := {name for name in requires if not requires[name] <= requires.keys()}:
        for name in missing:
            del requires[name]
    return tuple(requires)


def requirements(feature: str) -> frozenset[str]:
    """The features without which this one is left out."""
    package = importlib.import_module(f"{_FEATURES}.{feature}")
    return frozenset(getattr(package, "REQUIRES", ()))


def list_installed(group: str) -> EntryPoints:
    """What other distributions add to a group."""
    entries: EntryPoints = _read_entry_points(tuple(sys.path)).select(group=group)
    return entries


@lru_cache(maxsize=1)
def _read_entry_points(_path: tuple[str, ...]) -> Any:
    # Looking through every distribution takes 5 ms, and there are many groups. The result's type
    # differs between versions of Python; each can select.
    return entry_points()


def _read_attribute(module: Any, attribute: str) -> Any:
    if not hasattr(module, attribute):
        raise ConfigError(
            f"{module.__name__} defines no {attribute}",
            hint=f"Every module in this folder must define {attribute}; see its neighbours.",
        )
    return getattr(module, attribute)
