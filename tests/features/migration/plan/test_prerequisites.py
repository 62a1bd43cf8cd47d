"""What must exist before a run, as provisioning plans it."""

from clickup_mlops.features.migration.plan import prerequisites
from clickup_mlops.features.migration.plan.model import Prerequisite
from clickup_mlops.features.provisioning.plan.model import Operation, Plan, Problem, Step
from clickup_mlops.features.provisioning.tree import Changes, Node, Path

PLACE: Path = (("space", "ML"), ("list", "Runs"))


def step(operation: Operation, changes: Changes | None = None) -> Step:
    """About a List."""
    return Step(operation, PLACE, Node(PLACE), None, "because", changes or {})


def test_what_is_there_is_no_prerequisite() -> None:
    """Neither what is kept nor what is only adopted."""
    plan = Plan("move", (step("keep"), step("adopt")), "")

    assert list(prerequisites.of(plan)) == []


def test_it_says_who_creates_it_and_why() -> None:
    """Provisioning, or people; a change says from what to what."""
    change = {"options": (["a"], ["a", "b"])}
    plan = Plan("move", (step("create"), step("manual"), step("update", change)), "")

    created, manual, updated = prerequisites.of(plan)

    assert created == Prerequisite("list", "ML / Runs", False, "because")
    assert manual.by_hand
    assert updated.why.startswith("options: found")


def test_what_blocks_provisioning_is_a_problem() -> None:
    """With its remedy."""
    plan = Plan("move", (), "", problems=(Problem("The token is a guest's", "Use another one."),))

    assert list(prerequisites.problems(plan)) == ["The token is a guest's. Use another one."]
