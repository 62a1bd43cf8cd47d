"""Laws of plans, over trees that nobody thought of. Pure: apply is a few lines here."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clickup_mlops.features.provisioning.live.match import SHARED
from clickup_mlops.features.provisioning.plan import compare
from clickup_mlops.features.provisioning.plan.abilities import Abilities, Known
from clickup_mlops.features.provisioning.plan.diff import plan
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.tree import Kind, Node, Path, Tree

LAW = settings(max_examples=40)
"""Trees are large: forty of them hold some thousand objects."""

# Trees

COLORS = st.sampled_from(["#000000", "#ffffff", "#5b4fe9"])
WORDS = st.sampled_from(["one", "two", "three"])
ATTRIBUTES: Mapping[Kind, Any] = {
    "space": {"color": COLORS, "private": st.booleans()},
    "tag": {"foreground": COLORS, "background": COLORS},
    "list": {"description": WORDS},
    "field": {"type": st.sampled_from(["number", "short_text", "date"])},
    "view": {
        "type": st.sampled_from(["list", "board"]),
        "group_by": st.sampled_from(["none", "status", "priority"]),
        "sort_by": st.lists(st.sampled_from(["name", "-due date"]), unique=True),
        "filter": st.just([]),
    },
    "task": {"description": WORDS},
    "page": {"content": WORDS},
    "webhook": {"events": st.lists(WORDS, min_size=1, unique=True).map(sorted)},
}
INSIDE: Mapping[Kind, tuple[Kind, ...]] = {
    "space": ("tag", "field", "folder", "list", "view", "doc", "channel", "webhook"),
    "folder": ("field", "list", "view", "doc"),
    "list": ("field", "view", "task", "doc", "webhook"),
    "task": ("task",),
    "doc": ("page",),
    "page": ("page",),
}
DEPTH = 4


def names(kind: Kind, path: Path) -> list[str]:
    # Fields are inherited and channels belong to the workspace: each has its name only once.
    local = f" {len(path)}" if kind in SHARED else ""
    return [f"{name}{local}" for name in "abc"]


@st.composite
def trees(draw: st.DrawFn) -> dict[Path, Node]:
    tree: dict[Path, Node] = {}

    def grow(path: Path) -> None:
        kind = path[-1][0]
        drawn = {key: draw(values) for key, values in ATTRIBUTES.get(kind, {}).items()}
        tree[path] = Node(path, drawn)
        for inner in INSIDE.get(kind, ()) if len(path) < DEPTH else ():
            chosen = draw(st.lists(st.sampled_from(names(inner, path)), unique=True, max_size=2))
            for name in chosen:
                grow((*path, (inner, name)))

    grow((("space", draw(st.sampled_from("xy"))),))
    return tree


# A workspace in memory


@dataclass(frozen=True)
class Memory:
    object_id: str
    desired: Mapping[str, Any]


class World:
    """Live objects, and what a journal remembers of them."""

    def __init__(self, tree: Tree) -> None:
        self._ids = map(str, count(1))
        self.tree = {
            _home(path): replace(node, path=_home(path), id=next(self._ids))
            for path, node in tree.items()
        }
        self.remembered: dict[Path, Memory] = {}

    def plan(self, want: Tree) -> Plan:
        return plan(want, self.tree, Abilities(experimental=True, known=Known(self.remembered)))

    def apply(self, executed_plan: Plan) -> None:
        for step in executed_plan.steps:
            self._do(step)

    def _do(self, step: Step) -> None:
        object_id = step.have.id if step.have else None
        path = step.have.path if step.have else _home(step.path)
        # What the plan leaves to a person, a person does.
        if step.operation in ("create", "manual") and step.have is None:
            object_id = next(self._ids)
            self.tree[path] = Node(path, dict(step.want.attributes), object_id)
        if step.operation in ("update", "manual") and step.have:
            self._change(path, {key: new for key, (_, new) in step.changes.items()}, step.path)
        self.remembered[step.path] = Memory(object_id or "", step.want.attributes)

    def _change(self, path: Path, values: dict[str, Any], desired: Path) -> None:
        node = self.tree[path]
        local = {key: value for key, value in values.items() if key not in ("name", "place")}
        self.tree[path] = replace(node, attributes={**node.attributes, **local})
        if "name" in values or "place" in values:
            self.move(path, _home(desired))

    def move(self, old: Path, new: Path) -> None:
        moved = {}
        for path, node in self.tree.items():
            inside = path[: len(old)] == old
            there = (*new, *path[len(old) :]) if inside else path
            moved[there] = replace(node, path=there)
        self.tree = moved

    def shown(self) -> dict[Path, Any]:
        return {path: dict(node.attributes) for path, node in self.tree.items()}


def _home(path: Path) -> Path:
    return path[-1:] if path[-1][0] == "channel" else path


def overlaid(have: Tree, want: Tree) -> dict[Path, Any]:
    """What must come of applying `want` to `have`, said without any plan."""
    result = {_home(path): dict(node.attributes) for path, node in have.items()}
    for path, node in want.items():
        path = _home(path)
        ours = {*compare.COMPARED.get(node.kind, ()), *(["type"] if node.kind == "field" else [])}
        there = result.get(path)
        result[path] = (
            dict(node.attributes)
            if there is None
            else there | {key: value for key, value in node.attributes.items() if key in ours}
        )
    return result


# Laws


@LAW
@given(trees(), trees())
def test_applying_a_plan_gives_what_was_wanted_and_touches_nothing_else(a, b):
    """apply(plan(a, b), a) == b, over what a has and b does not name."""
    world = World(a)
    world.apply(world.plan(b))

    assert world.shown() == overlaid(a, b)


@LAW
@given(trees())
def test_from_nothing_comes_exactly_what_is_wanted(b):
    """apply(plan({}, b), {}) == b."""
    world = World({})
    world.apply(world.plan(b))

    assert world.shown() == {_home(path): dict(node.attributes) for path, node in b.items()}


@LAW
@given(trees(), trees())
def test_a_second_apply_does_nothing(a, b):
    """No work, no calls: everything is kept."""
    world = World(a)
    world.apply(world.plan(b))
    again = world.plan(b)

    assert again.work == ()
    assert again.calls == 0


@LAW
@given(trees(), trees())
def test_adopting_writes_nothing(a, b):
    """What is there as desired is only noted."""
    world = World({**a, **b})
    steps = world.plan(b).steps

    assert {step.operation for step in steps} == {"adopt"}
    assert sum(step.calls for step in steps) == 0


@LAW
@given(trees(), trees())
def test_every_wanted_object_has_one_step_after_its_parent(a, b):
    """And what is not named has none."""
    paths = [step.path for step in World(a).plan(b).steps]

    assert sorted(paths) == sorted(b)
    for at, path in enumerate(paths):
        assert len(path) == 1 or path[:-1] in paths[:at]


@LAW
@given(trees(), trees(), st.randoms(use_true_random=False))
def test_the_order_of_what_was_found_does_not_matter(a, b, chance: random.Random):
    """The same workspace gives the same plan, with the same fingerprint."""
    world = World(a)
    first = world.plan(b)
    shuffled = list(world.tree.items())
    chance.shuffle(shuffled)
    world.tree = dict(shuffled)

    assert world.plan(b) == first


@LAW
@given(trees(), trees())
def test_a_plan_survives_being_kept_as_json(a, b):
    """Nothing is lost between `plan --out` and `apply --plan`."""
    created = World(a).plan(b)

    assert Plan.from_dict(json.loads(json.dumps(created.to_dict()))) == created


@LAW
@given(trees(), st.data())
def test_what_was_renamed_in_clickup_is_the_same_object(b, data):
    """One step of work at most: renamed back where that can be done, kept where people own it."""
    world = World({})
    world.apply(world.plan(b))
    renamed = [path for path in b if path[-1][0] not in ("tag", "webhook")]
    path = data.draw(st.sampled_from(renamed))
    live = world.tree[_home(path)]
    world.move(live.path, (*live.path[:-1], (live.kind, "renamed by people")))

    drift = world.plan(b)

    if live.kind in ("task", "page"):
        assert drift.work == ()
        assert "renamed by people" in "".join(step.why for step in drift.steps)
        return
    (step,) = drift.work
    assert step.path == path
    assert step.have is not None
    assert step.have.id == live.id
    assert step.changes == {"name": ("renamed by people", live.name)}
    assert step.operation == ("manual" if live.kind in ("field", "doc", "channel") else "update")
    world.apply(drift)
    assert world.plan(b).work == ()


@LAW
@given(trees(), st.data())
def test_what_was_deleted_in_clickup_is_made_again_and_nothing_else(b, data):
    """With everything that was in it. A starter task that a person has deleted stays deleted."""
    world = World({})
    world.apply(world.plan(b))
    path = data.draw(st.sampled_from([tree_path for tree_path in b if tree_path[-1][0] != "task"]))
    home = _home(path)
    world.tree = {
        tree_path: node for tree_path, node in world.tree.items() if tree_path[: len(home)] != home
    }

    drift = world.plan(b)

    removed = [
        removed
        for removed in b
        if removed[: len(path)] == path and _home(removed) not in world.tree
    ]
    assert [step.path for step in drift.work] == [
        step.path for step in drift.steps if step.path in removed
    ]
    assert all(step.have is None for step in drift.work)
    # A field only says which way it is made.
    assert all("deleted in ClickUp" in s.why for s in drift.work if s.path[-1][0] != "field")
    world.apply(drift)
    assert world.plan(b).work == ()


@LAW
@given(trees(), st.data())
def test_a_list_that_was_moved_is_named_with_both_places(b, data):
    """A person moves it back; nothing is made a second time."""
    lists = [path for path in b if path[-1][0] == "list"]
    if not lists:
        return
    world = World({})
    world.apply(world.plan(b))
    path = data.draw(st.sampled_from(lists))
    elsewhere: Path = (("space", "elsewhere"), ("list", path[-1][1]))
    world.tree[elsewhere[:1]] = Node(elsewhere[:1], {}, "another space")
    world.move(path, elsewhere)

    (step,) = world.plan(b).work

    assert (step.operation, step.path) == ("manual", path)
    assert "elsewhere" in step.why
    assert path[0][1] in step.why
    assert step.calls == 0


def test_tasks_come_after_those_that_they_wait_for():
    """However they are written down, and across subtasks."""
    home: Path = (("space", "ML"), ("list", "L"))
    places = {path: Node(path) for path in (home[:1], home)}
    waits = {"a": ["b"], "b": ["c"], "c": []}
    tasks = {
        (*home, ("task", name)): Node((*home, ("task", name)), {"waits_for": wait})
        for name, wait in waits.items()
    }

    steps = plan({**places, **tasks}, {}, Abilities()).steps

    assert [step.path[-1][1] for step in steps] == ["ML", "L", "c", "b", "a"]
