"""The order of making: as written, but a task comes after the tasks that it waits for. Pure."""

from collections.abc import Iterator

from clickup_mlops.features.provisioning.tree import Node, Path, Tree, fold_name


def in_sequence(want: Tree) -> Iterator[Node]:
    """Every node once, parents before children, what is waited for before what waits."""
    emitted: set[Path] = set()
    tasks = _tasks(want)
    for node in want.values():
        yield from _ready(node, want, tasks, emitted)


def _ready(
    node: Node, want: Tree, tasks: dict[tuple[Path, str], Node], emitted: set[Path]
) -> Iterator[Node]:
    if node.path in emitted:
        return
    emitted.add(node.path)
    if parent := want.get(node.parent):
        yield from _ready(parent, want, tasks, emitted)
    for name in node.attributes.get("waits_for") or ():
        if blocker := tasks.get((_list(node.path), fold_name(name))):
            yield from _ready(blocker, want, tasks, emitted)
    yield node


def _tasks(want: Tree) -> dict[tuple[Path, str], Node]:
    tasks: dict[tuple[Path, str], Node] = {}
    for node in want.values():
        if node.kind == "task":
            tasks.setdefault((_list(node.path), fold_name(node.name)), node)
    return tasks


def _list(path: Path) -> Path:
    """The part of a task's path that leads to its list."""
    return tuple(part for part in path if part[0] != "task")
