"""The folder is the registry: a feature is a module in a folder, and its file name is its name."""

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops.errors import ConfigError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

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
    for module_name, module in _public_modules(package, tuple(package.__path__)).items():
        if hasattr(module, "__path__") and not hasattr(module, attribute):
            by_name |= {
                f"{module_name}.{name}": definition
                for name, definition in find(module, attribute).items()
            }
        else:
            by_name[module_name] = _read_attribute(module, attribute)
    for entry in list_installed(package.__name__):
        by_name[entry.name] = _read_attribute(entry.load(), attribute)
    return dict(sorted(by_name.items()))


@cache
def _public_modules(package: ModuleType, path: Iterable[str]) -> Mapping[str, ModuleType]:
    # A process asks for the same folder many times; looking through it takes a millisecond.
    names = (info.name for info in pkgutil.iter_modules(path) if not info.name.startswith("_"))
    return {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}


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


def list_names(room: str, *packages: ModuleType) -> frozenset[str]:
    """The names that `find_all` gives, by the files alone: imports none of them."""
    folders = {package.__name__: tuple(package.__path__) for package in packages}
    folders |= {package: (str(path),) for package, path in rooms(room).items()}
    return frozenset(name for package, path in folders.items() for name in _names_in(package, path))


def _names_in(package: str, path: Iterable[str]) -> Iterator[str]:
    yield from (info.name for info in pkgutil.iter_modules(path) if not info.name.startswith("_"))
    yield from (entry.name for entry in list_installed(package))


def find_named(room: str, name: str, attribute: str, *packages: ModuleType) -> Any:
    """As `find_all`, of the module with this file name alone, whose neighbours are not imported;
    None: there is none.

    Raises:
        ConfigError: the module lacks the attribute; names it.
    """
    for package in (*(package.__name__ for package in packages), *rooms(room)):
        if find_spec(f"{package}.{name}"):
            return _read_attribute(importlib.import_module(f"{package}.{name}"), attribute)
        for entry in list_installed(package):
            if entry.name == name:
                return _read_attribute(entry.load(), attribute)
    return None


def find_modules(name: str, attribute: str) -> dict[str, Any]:
    """The attribute of each feature's module of that name, such as `package`, by feature.

    Raises:
        ConfigError: a module lacks the attribute; names the module.
    """
    modules = _feature_modules(name).items()
    return {feature: _read_attribute(module, attribute) for feature, module in modules}


@cache
def _feature_modules(name: str) -> Mapping[str, ModuleType]:
    return {
        feature: importlib.import_module(f"{_FEATURES}.{feature}.{name}")
        for feature in features()
        if (FEATURES / feature / f"{name}.py").is_file()
    }


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


def list_installed(group: str) -> "EntryPoints":
    """What other distributions add to a group."""
    return _installed(group, tuple(sys.path))


@lru_cache(maxsize=256)
def _installed(group: str, path: tuple[str, ...]) -> "EntryPoints":
    entries: EntryPoints = _read_entry_points(path).select(group=group)
    return entries


@lru_cache(maxsize=1)
def _read_entry_points(_path: tuple[str, ...]) -> Any:
    from importlib.metadata import entry_points  # a third of the time of `--help`

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
