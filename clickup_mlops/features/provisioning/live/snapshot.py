"""The part of a live workspace that a template is about, as a tree. Each container is read once.

Only what the template names is looked for: a list whose views it does not name costs no call for
views. What was made by an earlier apply and is not in its place is looked up by id, so that a moved
list is found where it is now.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from clickup_mlops.features.provisioning.live.match import SHARED, Matcher
from clickup_mlops.features.provisioning.live.reader import Reader, Rights
from clickup_mlops.features.provisioning.tree import Kind, Node, Path, Tree, fold, fold_name

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.features.provisioning.tables.provisions import Remembered

_ELSEWHERE: Final[tuple[Kind, ...]] = ("folder", "list")
_EVERYWHERE: Final = ""
"""Where a webhook of the whole workspace is, beside the ids of places."""


@dataclass(frozen=True)
class Snapshot:
    """What was found, and how many calls that took. ClickUp's own templates are ids by name; they
    are only read if a place is to be made from one.
    """

    tree: Tree
    reads: int
    rights: Rights = field(default_factory=Rights)
    list_templates: Mapping[str, str] = field(default_factory=dict)
    folder_templates: Mapping[str, str] = field(default_factory=dict)


class Policy(Protocol):
    """What one template said about the tasks of a Space; `store.space_policies` keeps it."""

    @property
    def id(self) -> str:
        """Space and name."""

    @property
    def name(self) -> str:
        """The template's name, and its Folders'."""

    @property
    def body(self) -> Mapping[str, Any]:
        """Its tables."""


Policies = Callable[[str], Iterable[Policy]]
"""What the bot keeps of a Space's templates, by the Space's id."""


def no_policies(_space_id: str) -> Iterable[Policy]:
    """Nothing is kept."""
    return ()


def look(
    client: "ClickUp",
    workspace: str,
    want: Tree,
    remembered: "Mapping[Path, Remembered] | None" = None,
    policies: Policies = no_policies,
    *,
    leftovers: "Mapping[Path, str] | None" = None,
) -> Snapshot:
    """Read what a template is about; `leftovers` are tasks (ids by path) to be seen besides.

    Raises:
        ApiError: ClickUp refused, or could not be reached.
    """
    before = client.calls
    looking = _Looking(Reader(client, workspace), want, remembered or {}, policies)
    looking.expect(leftovers or {})
    looking.places()
    looking.contents()
    lists, folders = looking.templates()
    return Snapshot(looking.have, client.calls - before, looking.rights, lists, folders)


class _Looking:
    """The tree while it grows."""

    def __init__(
        self,
        reader: Reader,
        want: Tree,
        remembered: "Mapping[Path, Remembered]",
        policies: Policies,
    ) -> None:
        self._reader, self._want, self._policies = reader, want, policies
        self._memory = {fold(path): entry for path, entry in remembered.items()}
        self._remembered = remembered
        self._kinds: dict[Path, set[Kind]] = defaultdict(set)
        for path in want:
            self._kinds[path[:-1]].add(path[-1][0])
        self.have: dict[Path, Node] = {}
        self._live: dict[Path, Node] = {}
        self._seen: set[Path] = set()
        self._leftovers: frozenset[str] = frozenset()

    def expect(self, leftovers: Mapping[Path, str]) -> None:
        """Also look for these tasks, in Lists that the template names."""
        desired = {fold(path): path for path in self._want}
        for path in leftovers:
            if place := desired.get(fold(path[:-1])):
                self._kinds[place].add("task")
        self._leftovers = frozenset(leftovers.values())

    @property
    def rights(self) -> Rights:
        """What was learnt in passing."""
        return self._reader.rights

    # -- growing

    def _add(self, nodes: Iterable[Node]) -> None:
        """Of two objects with one name the first is meant, unless only the other fits."""
        for node in nodes:
            key = fold(node.path)
            if key not in self._seen:
                self._seen.add(key)
                self.have[node.path] = node
            elif self._fits_better(node):
                self.have = {
                    path: existing for path, existing in self.have.items() if fold(path) != key
                }
                self.have[node.path] = node

    def _fits_better(self, node: Node) -> bool:
        key = fold(node.path)
        existing = next(candidate for path, candidate in self.have.items() if fold(path) == key)
        memory = self._memory.get(key)
        if memory is not None and memory.object_id in (node.id, existing.id):
            return memory.object_id == node.id
        types = {
            want.attributes.get("type")
            for path, want in self._want.items()
            if path[-1][0] == node.kind and fold_name(want.name) == fold_name(node.name)
        }
        return existing.attributes.get("type") not in types and node.attributes.get("type") in types

    def _locate(self) -> None:
        """Where the wanted objects are, as far as is known now."""
        matcher = Matcher(self._want, self.have, self._remembered)
        where: dict[Path, Path] = {(): ()}
        self._live = {}
        for path in self._want:
            above = [path[:end] for end in range(len(path) - 1, -1, -1) if path[:end] in where]
            shared = path[-1][0] in SHARED
            place = where[above[0]] if shared else where.get(path[:-1])
            match = matcher.find(path, place)
            if match.node is not None:
                self._live[path] = match.node
                where[path] = match.node.path

    # -- places

    def places(self) -> None:
        """Spaces, folders and lists, and those of earlier that are not in their place."""
        roots = [path for path in self._want if len(path) == 1]
        self._add(self._reader.spaces())
        self._locate()
        if moved := list(self._moved(("space",))):
            self._add(moved)
            self._locate()
        for root in roots:
            if space := self._live.get(root):
                self._space(root, space)
        self._locate()
        if moved := list(self._moved(_ELSEWHERE)):
            self._add(moved)
            self._locate()

    def _space(self, root: Path, space: Node) -> None:
        kinds = {path[1][0] for path in self._want if path[:1] == root and len(path) > 1}
        self._add(self._reader.statuses_of_space(space))
        if "folder" in kinds:
            self._add(self._reader.folders(space))
        if "list" in kinds:
            self._add(self._reader.lists(space))

    def _moved(self, kinds: Iterable[Kind]) -> Iterator[Node]:
        """What was there at the last apply, and is somewhere else now."""
        ids = {node.id for node in self.have.values()}
        for path in self._want:
            memory = None if path in self._live else self._memory.get(fold(path))
            if path[-1][0] in kinds and memory is not None and memory.object_id not in ids:
                yield from self._reader.elsewhere(path[-1][0], memory.object_id)

    # -- what is in them

    def contents(self) -> None:
        """Everything that is wanted in the places that are there."""
        self._fields()
        places = [(path, node) for path, node in self._live.items() if _is_place(node)]
        for path, place in places:
            self._place(path, place)
        self._tasks()
        self._docs()
        self._free_standing()

    def _fields(self) -> None:
        """Where fields are wanted, and above: inherited ones will do. Before views, which name
        them.
        """
        places = [path for path, kinds in self._kinds.items() if "field" in kinds]
        if places:
            self._add(self._reader.fields(None))
        above = {path[:end]: None for path in places for end in range(1, len(path) + 1)}
        for path in above:
            place = self._live.get(path)
            # A list reports inherited fields too, so its ancestors are only read for other places.
            if place is not None and ("field" in self._kinds[path] or not self._only_lists(path)):
                self._add(self._reader.fields(place))

    def _only_lists(self, path: Path) -> bool:
        """Whether all fields wanted below a place are wanted in lists that are there."""
        below = [
            other_path
            for other_path, kinds in self._kinds.items()
            if "field" in kinds and other_path[: len(path)] == path and other_path != path
        ]
        return all(other_path in self._live and other_path[-1][0] == "list" for other_path in below)

    def _place(self, path: Path, place: Node) -> None:
        kinds = self._kinds[path]
        if "tag" in kinds:
            self._add(self._reader.tags(place))
        if "status" in kinds and place.kind == "list":
            self._add(self._reader.statuses_of_list(place))
        if kinds & {"view", "form"}:
            self._add(self._reader.views(place))
        if "doc" in kinds:
            self._add(self._reader.docs(place))
        if "policy" in kinds:
            policies = self._policies(place.id or "")
            self._add(Node((*place.path, ("policy", p.name)), p.body, p.id) for p in policies)

    def _tasks(self) -> None:
        """Only those that are wanted: a list may hold thousands of others."""
        lists = [node for path, node in self._live.items() if "task" in self._kinds[path]]
        if not lists:
            return
        names = {fold_name(path[-1][1]) for path in self._want if path[-1][0] == "task"}
        ids = self._leftovers | {entry.object_id for entry in self._memory.values()}
        self._add(
            node
            for node in self._reader.tasks([entry for entry in lists if entry.kind == "list"])
            if fold_name(node.name) in names or node.id in ids
        )
        self._locate()
        self._add(self._moved(("task",)))

    def _docs(self) -> None:
        self._locate()
        for path, doc in list(self._live.items()):
            if doc.kind == "doc" and "page" in self._kinds[path]:
                self._add(self._reader.pages(doc, texts=self._has_new_text(path)))

    def _has_new_text(self, doc: Path) -> bool:
        """Whether the template's text changed since the last apply: then people's is compared."""
        return any(
            memory.desired.get("content") != node.attributes.get("content")
            for path, node in self._want.items()
            if path[: len(doc)] == doc and (memory := self._memory.get(fold(path))) is not None
            if node.kind == "page"
        )

    def _free_standing(self) -> None:
        if any(path[-1][0] == "channel" for path in self._want):
            self._add(self._reader.channels())
        if any("webhook" in self._kinds[path] for path in self._live):
            places = {node.id or "": node.path for node in self._live.values() if _is_place(node)}
            self._add(self._reader.webhooks({_EVERYWHERE: (), **places}))

    # -- ClickUp's own templates

    def templates(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """List and folder templates, if something is to be made from one."""
        kinds = {
            path[-1][0]
            for path, node in self._want.items()
            if path not in self._live and node.attributes.get("template")
        }
        return (
            self._reader.list_templates() if "list" in kinds else {},
            self._reader.folder_templates() if "folder" in kinds else {},
        )


def _is_place(node: Node) -> bool:
    return node.kind in ("space", "folder", "list")
