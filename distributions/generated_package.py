"""Builds a small distribution from modules of `clickup_mlops`, under a package name of its own.

The package holds the modules in `include` and what they import, with `clickup_mlops` (and the part
`strip` of it) in their imports replaced by the package's name. So no two distributions own the same
file, and all can be installed together. Modules in the folder `own` take the place of those with
the same name. Nothing is copied within the repository.
"""

import ast
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

SOURCE = "clickup_mlops"


class GeneratedPackage(BuildHookInterface[Any]):
    """Adds the package to the wheel, or to the source distribution that wheels are built from."""

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Called before each build."""
        root, package = Path(self.root), self.config["package"]
        if (root / package).is_dir():
            return  # an unpacked source archive: a wheel takes what is there
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name) / package
        generate(root, folder, self.config)
        build_data["force_include"][str(folder)] = package
        if self.target_name == "sdist":
            build_data["force_include"][__file__] = Path(__file__).name

    def finalize(self, *_: Any) -> None:
        """Called after each build."""
        if folder := getattr(self, "_folder", None):
            folder.cleanup()


class SharedMetadata(MetadataHookInterface):
    """The version of the repository's package."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Called before each build; a source distribution has the version in its package."""
        repository = Path(self.root).parents[1] / SOURCE / "__init__.py"
        copies = Path(self.root).glob("clickup_*/_version.py")
        file = repository if repository.is_file() else next(copies)
        metadata["version"] = re.search(r'__version__ = "(.+)"', file.read_text())[1]  # type: ignore[index]


def generate(root: Path, folder: Path, config: dict[str, Any]) -> None:
    """Write the package into a folder."""
    repository, package = root.parents[1], config["package"]
    own = {file.name: file for file in sorted((root / "own").glob("*.py"))}
    modules = collect(repository, config, own)
    files = {
        _place(path.relative_to(repository / SOURCE), config["strip"]): path for path in modules
    }
    if len(files) < len(modules):
        raise ValueError(f"two modules would have the same name in {package}")
    files |= _find_data(modules, repository, config["strip"])
    files["_version.py"] = repository / SOURCE / "__init__.py"
    for place, file in (files | own).items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        raw = file.read_bytes()
        target.write_bytes(_rename(raw, package, config) if file.suffix == ".py" else raw)
    (folder / "py.typed").touch()


def collect(repository: Path, config: dict[str, Any], own: dict[str, Path]) -> set[Path]:
    """The files of the modules that `include` names, and of all that these import."""
    replaced = {f"{SOURCE}.{name.removesuffix('.py')}" for name in own}
    open_names = [name for pattern in config["include"] for name in _expand(repository, pattern)]
    for file in own.values():
        open_names += _list_imports(file)
    seen: dict[str, Path] = {}
    while open_names:
        name = open_names.pop()
        file = _find_file(repository, name)
        if file is None or name in seen or name in replaced | {SOURCE}:
            continue
        seen[name] = file
        open_names += [*_list_imports(file), name.rpartition(".")[0]]
    return set(seen.values())


def _expand(repository: Path, pattern: str) -> Iterator[str]:
    """The module, or for `package.*` all in it, at any depth."""
    folder = repository.joinpath(*pattern.removesuffix(".*").split("."))
    for file in sorted(folder.rglob("*.py")) if pattern.endswith(".*") else ():
        yield ".".join(file.relative_to(repository).with_suffix("").parts).removesuffix(".__init__")
    yield pattern.removesuffix(".*")


def _find_file(repository: Path, name: str) -> Path | None:
    if name.split(".")[0] != SOURCE:
        return None
    path = repository.joinpath(*name.split("."))
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def _list_imports(file: Path) -> Iterator[str]:
    """Every module that may be imported by a statement of the file, in functions, too."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _find_data(modules: set[Path], repository: Path, strip: str) -> dict[str, Path]:
    """Files that are no modules, in the folders of included packages that have no modules."""
    packages = {file.parent for file in modules if file.name == "__init__.py"}
    folders = [
        folder
        for package in packages
        for folder in package.iterdir()
        if folder.is_dir() and folder.name != "__pycache__" and not [*folder.rglob("*.py")]
    ]
    data = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return {_place(file.relative_to(repository / SOURCE), strip): file for file in sorted(data)}


def _place(path: Path, strip: str) -> str:
    return path.as_posix().removeprefix(f"{strip}/")


def _rename(raw: bytes, package: str, config: dict[str, Any]) -> bytes:
    text = re.sub(rf"\b{SOURCE}(\.{config['strip']})?\b", package, raw.decode())
    return text.replace(SOURCE.replace("_", "-"), package.replace("_", "-")).encode()
