"""Makes proposals of what the policy wants, and answers of what people did to tasks. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.shadow.board import Wish
from clickup_mlops.features.shadow.tables.answers import Answer
from clickup_mlops.features.shadow.tables.proposals import Proposal

NUMBERLESS = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tasks the bot would raise and lower, and on how many people decided otherwise."""

    raised: int
    lowered: int
    otherwise: int

    @property
    def sentence(self) -> str:
        """The counts in words."""
        return (
            f"would have raised {self.raised}, lowered {self.lowered}; "
            f"{self.otherwise} where people decided otherwise"
        )


def count(proposals: Iterable[Proposal]) -> Counts:
    """Of these proposals."""
    all_proposals = [*proposals]
    free = [proposal for proposal in all_proposals if not proposal.person]
    raised = sum(proposal.is_raise for proposal in free)
    return Counts(raised, len(free) - raised, len(all_proposals) - len(free))


def propose(wishes: Iterable[Wish], earlier: Mapping[str, Proposal], now_ms: int) -> list[Proposal]:
    """A proposal for each task that would get another priority, the most important first; one that
    says what an `earlier` one said keeps its time.
    """
    proposals = [
        _proposal(wish, after, earlier.get(wish.task.id), now_ms)
        for wish in wishes
        if (after := wish.decision.priority) is not None and after != wish.task.priority
    ]
    return in_order(proposals)


def in_order(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The most important first."""
    return sorted(proposals, key=_order)


def _order(proposal: Proposal) -> tuple[bool, int, int, str]:
    """The largest steps first; those against a person's choice last."""
    before = 5 if proposal.before is None else proposal.before
    return bool(proposal.person), -abs(before - proposal.after), proposal.after, proposal.task_id


def _proposal(wish: Wish, after: int, earlier: Proposal | None, now_ms: int) -> Proposal:
    task = wish.task
    is_same = earlier is not None and (earlier.before, earlier.after) == (task.priority, after)
    return Proposal(
        task_id=task.id,
        number=earlier.number if earlier else NUMBERLESS,
        list_id=task.list_id or "",
        list_name=task.list_name,
        name=task.name,
        url=task.url,
        before=task.priority,
        after=after,
        person=wish.person,
        reason=explain(wish),
        at_ms=earlier.at_ms if earlier and is_same else now_ms,
    )


def explain(wish: Wish) -> str:
    """Why, in a few words: the workload, and what makes it urgent."""
    decision = wish.decision
    because = decision.urgent_because or ["nothing makes it urgent"]
    return "; ".join([f"{decision.workload} work", *because])


def find_answers_in_tasks(
    earlier: Iterable[Proposal], wishes: Mapping[str, Wish], now_ms: int
) -> Iterator[Answer]:
    """People answer by the task itself, too: it got the proposed priority, or another one."""
    for proposal in earlier:
        wish = wishes.get(proposal.task_id)
        if wish is None or wish.task.priority == proposal.before:
            continue
        yield _answer(proposal, wish.task, wish.person or "somebody", now_ms)


def _answer(proposal: Proposal, task: Task, user_name: str, now_ms: int) -> Answer:
    agrees = task.priority == proposal.after
    chosen = None if agrees else task.priority
    return Answer(
        proposal.task_id,
        proposal.after,
        user_name,
        proposal.list_id,
        agrees,
        "task",
        now_ms,
        chosen,
    )
