"""The proposal as Markdown, for a chat message or a Doc's page. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from clickup_mlops.clickup.blocks import build_link, escape_markdown
from clickup_mlops.features.shadow.agreement import Agreement
from clickup_mlops.features.shadow.proposing import count
from clickup_mlops.features.shadow.replies import USAGE
from clickup_mlops.features.shadow.tables.answers import Answer
from clickup_mlops.features.shadow.tables.proposals import Proposal
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.views.text import format_line

CHANGED: Final = "_Last change"
_LONGEST: Final = 160
"""Characters of a task's name, and of its reason."""


def write_proposal(
    day: str,
    proposals: Sequence[Proposal],
    answers: Iterable[Answer],
    *,
    agreement: Mapping[str, Agreement],
    limit: int,
    clock: str,
    answerable: bool,
    live: Sequence[str] = (),
) -> str:
    """The message of the day. `agreement` so far, by the List's name; `clock` is the time for
    people; `answerable`: whether replies to it are read; `live`: names of the Lists in which the
    bot writes.
    """
    parts = [f"**What the bot would do, {day}** (shadow mode: nothing was written)"]
    parts += [f"Live, so not part of it: {escape_markdown(', '.join(live))}."] if live else []
    sentence = count(proposals).sentence
    parts.append(f"It {sentence}.")
    by_task = _by_task(answers)
    lines = [_line(proposal, by_task.get(proposal.task_id, ())) for proposal in proposals[:limit]]
    parts += ["\n".join(lines)] if lines else []
    parts += [f"{len(proposals) - limit} more."] if len(proposals) > limit else []
    if proposals and answerable:
        parts.append(f"Agree or disagree by a reply to this message: {USAGE}.")
    shares = "; ".join(f"{escape_markdown(name)} {agreement[name].text}" for name in agreement)
    parts += [f"Agreement so far: {shares}."] if shares else []
    return "\n\n".join([*parts, f"{CHANGED}: {clock}._"])


def is_equal_text(before: str, now: str) -> bool:
    """Whether two of them differ in nothing but when they were written."""
    return before.partition(CHANGED)[0] == now.partition(CHANGED)[0]


def _by_task(answers: Iterable[Answer]) -> Mapping[str, list[Answer]]:
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.task_id].append(answer)
    return groups


def _line(proposal: Proposal, answers: Iterable[Answer]) -> str:
    step = f"{format_priority(proposal.before)} → {format_priority(proposal.after)}"
    person = f" (kept for {escape_markdown(proposal.person)})" if proposal.person else ""
    marks = [mark(answer) for answer in answers if answer.proposed == proposal.after]
    link = build_link(_short(proposal.name), proposal.url)
    text = f"{proposal.number}\\. **{step}**{person} {link}: {escape_markdown(proposal.reason)}"
    return " · ".join([text, *map(escape_markdown, marks)])


def mark(answer: Answer) -> str:
    """An answer in a few words."""
    if answer.agrees:
        return f"{answer.user_name} agrees"
    instead = f", wants {format_priority(answer.chosen)}" if answer.chosen else ""
    return f"{answer.user_name} disagrees{instead}"


def _short(text: str) -> str:
    plain = format_line(text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
