"""Keeps what people answer, and what the bot learns of it.

Who disagrees has decided: the task keeps its priority, or gets the one they name, as if they had
set it; and the corrections have it. What somebody says of the workload trains the classifier.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from clickup_mlops.bot.ports import Choice, EventConsumer, Proposed
from clickup_mlops.features.shadow.tables.answers import Answer, Answers, Via
from clickup_mlops.features.shadow.tables.proposals import Proposal
from clickup_mlops.routing.decision import Workload

if TYPE_CHECKING:
    from clickup_mlops.store import Store


class Answering:
    """`consumer` is told what people choose; a choice is kept for `keeps_ms`, as any other."""

    def __init__(
        self, store: "Store", consumer: Callable[[], EventConsumer], *, keeps_ms: int
    ) -> None:
        self._store, self._consumer, self._keeps_ms = store, consumer, keeps_ms

    def note(self, answer: Answer) -> bool:
        """Keep it; False: it was known. It teaches nothing: people acted on the task itself."""
        return self._store.table(Answers).put(answer)

    def answer(
        self,
        proposal: Proposal,
        *,
        agrees: bool,
        user_name: str,
        via: Via,
        at_ms: int,
        priority: int | None = None,
        workload: Workload | None = None,
    ) -> bool:
        """Keep what somebody said at that time (Unix ms); False: it was known, or they have said
        something newer. `priority`, `workload`: what they want instead.
        """
        answer = Answer(
            proposal.task_id,
            proposal.after,
            user_name,
            proposal.list_id,
            agrees,
            via,
            at_ms,
            None if agrees else priority,
        )
        if not self.note(answer):
            return False
        if workload is not None:
            choice = Choice(proposal.task_id, "workload", workload, user_name, at_ms)
            self._consumer().chosen(choice)
        if not agrees and workload is None:
            self._keep(proposal, priority or proposal.before, user_name, at_ms)
        return True

    def _keep(self, proposal: Proposal, priority: int | None, user_name: str, at_ms: int) -> None:
        task_id, until_ms = proposal.task_id, at_ms + self._keeps_ms
        refused = Proposed(proposal.after, proposal.reason, proposal.at_ms)
        self._consumer().chosen(
            Choice(task_id, "priority", priority, user_name, at_ms, instead_of=refused)
        )
        self._store.overrides.put(
            task_id,
            priority,
            None,
            at_ms,
            until_ms,
            user_name=user_name,
            because="disagreed with the bot's proposal",
        )
