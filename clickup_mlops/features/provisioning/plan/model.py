"""A plan is a value: what is to be done to a workspace, step by step. It can be printed, counted,
kept in a file and refused; `create` makes one and `apply` executes it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Final, Literal

import orjson

from clickup_mlops.features.provisioning.template.parameter import Scalar
from clickup_mlops.features.provisioning.tree import Changes, JsonTable, Node, Path

Operation = Literal["create", "update", "adopt", "keep", "manual"]
OPERATIONS: Final[tuple[Operation, ...]] = ("create", "update", "adopt", "keep", "manual")


@dataclass(frozen=True, slots=True)
class Step:
    """One object: what is wanted, what is there, what is done about it, and why.

    `path` is the wanted one. `have` may be elsewhere: renamed, moved, or a field that is inherited.
    `how` is `api`, `experimental`, `manual: <reason>`, or what a ClickUp template has to do with it
    (`cost.TEMPLATE` and what follows there).
    """

    operation: Operation
    path: Path
    want: Node
    have: Node | None
    why: str
    changes: Changes = field(default_factory=dict)
    calls: int = 0
    how: str = "api"

    def to_dict(self) -> JsonTable:
        """JSON values."""
        return {
            "operation": self.operation,
            "path": [list(part) for part in self.path],
            "want": self.want.to_dict(),
            "have": self.have.to_dict() if self.have else None,
            "why": self.why,
            "changes": {name: list(pair) for name, pair in self.changes.items()},
            "calls": self.calls,
            "how": self.how,
        }

    @classmethod
    def from_dict(cls, plain: JsonTable) -> "Step":
        """The step from what `to_dict` returned."""
        have = plain["have"]
        return cls(
            operation=plain["operation"],
            path=tuple((kind, name) for kind, name in plain["path"]),
            want=Node.from_dict(plain["want"]),
            have=Node.from_dict(have) if have else None,
            why=plain["why"],
            changes={
                name: (current, desired) for name, (current, desired) in plain["changes"].items()
            },
            calls=plain["calls"],
            how=plain["how"],
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """What blocks a plan, and the remedy."""

    what: str
    remedy: str


@dataclass(frozen=True)
class Plan:
    """The steps in the order in which they are done: parents first.

    `fingerprint` stands for what was found: if it differs later, the workspace has changed.
    `reads` are the calls that the snapshot took; with `problems` it cannot be applied. `instance`
    has the parameters that name places: which of the template's instances it is about.
    """

    template: str
    steps: tuple[Step, ...]
    fingerprint: str
    reads: int = 0
    problems: tuple[Problem, ...] = ()
    instance: Mapping[str, Scalar] = field(default_factory=dict)

    @cached_property
    def work(self) -> tuple[Step, ...]:
        """The steps that are not `keep`."""
        return tuple(step for step in self.steps if step.operation != "keep")

    @property
    def calls(self) -> int:
        """Calls that applying it takes."""
        return sum(step.calls for step in self.steps)

    @property
    def counts(self) -> dict[Operation, int]:
        """How many steps there are of each operation."""
        counted = Counter(step.operation for step in self.steps)
        return {operation: counted[operation] for operation in OPERATIONS}

    def to_dict(self) -> JsonTable:
        """JSON values."""
        return {
            "template": self.template,
            "instance": dict(self.instance),
            "fingerprint": self.fingerprint,
            "reads": self.reads,
            "calls": self.calls,
            "counts": self.counts,
            "problems": [asdict(problem) for problem in self.problems],
            "steps": [step.to_dict() for step in self.steps],
        }

    @classmethod
    def from_dict(cls, plain: JsonTable) -> "Plan":
        """What `to_dict` made; sums are made again."""
        steps = tuple(map(Step.from_dict, plain["steps"]))
        problems = tuple(Problem(**problem) for problem in plain["problems"])
        attributes = (plain["fingerprint"], plain["reads"], problems, plain.get("instance", {}))
        return cls(plain["template"], steps, *attributes)

    @property
    def writes(self) -> bool:
        """Whether applying it writes anything into ClickUp."""
        return any(step.operation in ("create", "update") for step in self.steps)


def fingerprint(steps: Iterable[Step]) -> str:
    """A short text that changes when anything changes that was found and is compared."""
    lines = sorted(_fingerprint_of(step, step.have) for step in steps if step.have is not None)
    return hashlib.sha256(orjson.dumps(lines, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _fingerprint_of(step: Step, have: Node) -> tuple[object, ...]:
    # Values of a task's fields change all day; only those matter that the plan would set.
    attributes = {name: value for name, value in have.attributes.items() if name != "fields"}
    return step.path, have.path, have.id, attributes, dict(step.changes)
