"""What the bot would do, each with its reason, and buttons to agree or disagree."""

from collections.abc import Sequence
from typing import Final

from clickup_mlops.features.shadow.proposing import count, in_order
from clickup_mlops.features.shadow.tables.answers import Answer, Answers
from clickup_mlops.features.shadow.tables.proposals import Proposal, Proposals
from clickup_mlops.features.shadow.text import mark
from clickup_mlops.ports.sections.cells import priority, short, task_link
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import (
    Button,
    Cell,
    Column,
    Figure,
    Figures,
    Number,
    Section,
    Table,
)

SHOWN: Final = 100
_COLUMNS: Final = (
    Column("#", "end"),
    Column("Task"),
    Column("List"),
    Column("Now"),
    Column("Would be"),
    Column("Set by"),
    Column("Because"),
    Column("Answers"),
    Column("Agree"),
    Column("Disagree"),
)


def _build(data: Data, query: Query) -> Section:
    proposals = in_order(data.store.table(Proposals).all_open())
    answers = data.store.table(Answers).since(0)
    counts = count(proposals)
    figures = Figures(
        (
            Figure("Would raise", Number(counts.raised), "tasks, now"),
            Figure("Would lower", Number(counts.lowered), "tasks, now"),
            Figure("People decided otherwise", Number(counts.otherwise), "the bot leaves them"),
        )
    )
    rows = tuple(_row(proposal, answers, query.may) for proposal in proposals[:SHOWN])
    more = len(proposals) if len(proposals) > SHOWN else None
    empty = "Nothing: every task has the priority that the policy gives it."
    table = Table("proposals", "What the bot would do", _COLUMNS, rows, empty, more)
    source = "The Lists of [shadow] when they were read last; nothing of it was written."
    return Section("proposal", "What the bot would do", (figures, table), source)


def _row(proposal: Proposal, answers: Sequence[Answer], may: frozenset[str]) -> tuple[Cell, ...]:
    words = [
        mark(answer)
        for answer in answers
        if (answer.task_id, answer.proposed) == (proposal.task_id, proposal.after)
    ]
    return (
        Number(proposal.number),
        task_link(proposal.task_id, None, proposal.name),
        short(proposal.list_name),
        priority(proposal.before),
        priority(proposal.after),
        short(proposal.person) or None,
        short(proposal.reason),
        short("; ".join(words)) or None,
        *(_button(proposal, label, may) for label in ("Agree", "Disagree")),
    )


def _button(proposal: Proposal, label: str, may: frozenset[str]) -> Cell:
    if "answer" not in may:
        return None
    fields = (("task", proposal.task_id), ("agrees", "yes" if label == "Agree" else "no"))
    return Button(label, "answer_proposal", fields)


SECTION = SectionType("What the bot would do", _build, 10)
