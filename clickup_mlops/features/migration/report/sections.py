"""A report as sections: the same content for HTML and Markdown. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from shlex import quote
from typing import Final

from clickup_mlops.features.migration.document import Section, Table
from clickup_mlops.features.migration.plan import sections as shared
from clickup_mlops.features.migration.plan.model import NOUNS, BoardPlan, Count, Kind
from clickup_mlops.features.migration.report.model import Report
from clickup_mlops.features.migration.verification_summary import VerificationSummary
from clickup_mlops.spelling import format_count

_SIGNERS: Final = ("Owner of the boards", "Team lead", "Administrator of ClickUp")
_CHECKS: Final = (
    'The numbers below "What moved" are complete, or what is missing is accepted.',
    "The changes of form are acceptable.",
    "The losses are acceptable.",
    "What failed has been retried, or is accepted.",
    "Everything that is left to people has an owner and a date.",
    "The differences of the last verification are explained.",
)


def to_sections(report: Report) -> Iterator[Section]:
    """The sections of the whole report, in their order."""
    title = f"Migration {report.survey.name} from {report.survey.source}"
    yield Section(title, (status(report), *_as_of(report)), level=1)
    yield from shared.problems(report.survey.problems)
    yield from shared.gaps(report.survey)
    yield _moved(report)
    yield from _changed(report)
    yield from _losses(report)
    yield _failed(report)
    yield from _by_hand(report)
    yield from _verification(report)
    yield _signatures()


def status(report: Report) -> str:
    """One or two sentences: is it complete, and was that verified?"""
    sentences = []
    if report.failed:
        sentences.append(f"Failed steps: {report.failed:,}.")
    if report.open:
        sentences.append(f"Not done yet: {report.open:,}.")
    if not sentences:
        sentences.append(
            "Everything in the mapping is in ClickUp." if report.steps_done else "It is empty."
        )
    return " ".join((*sentences, _verified(report.verification)))


def _verified(verification: VerificationSummary | None) -> str:
    if verification is None:
        return "It has not been verified."
    if verification.is_clean:
        return "The last verification found no difference."
    different, missing, extra = verification.counts
    return (
        f"The last verification found: {format_count(different, 'different value')}, "
        f"{format_count(missing, 'item')} without a task, {format_count(extra, 'task')} without "
        f"an item."
    )


def _as_of(report: Report) -> Iterator[str]:
    if report.as_of_ms is not None:
        yield f"As of {shared.when(report.as_of_ms)}, when the last step was recorded."
    if report.undone:
        yield f"Undone steps: {report.undone:,}; they count as not done."


def _moved(report: Report) -> Section:
    counts = report.survey.counts
    kinds = tuple(counts)
    rows = [
        (
            board.name,
            board.place,
            *(_cell(board.counts.get(kind, Count())) for kind in kinds),
        )
        for board in report.survey.boards
    ]
    if several := len(rows) > 1:
        rows.append(("Total", "", *map(_cell, counts.values())))
    heads = ("Board", "Now in", *(NOUNS[kind][1].capitalize() for kind in kinds))
    text = "What is in ClickUp / what there is in the source."
    numbers = frozenset(range(2, len(heads)))
    return Section("What moved", (text,), Table(heads, tuple(rows), numbers, several))


def _cell(count: Count) -> str:
    if not count.total:
        return "–"
    text = f"{count.done:,} / {count.total:,}"
    return f"{text} ({count.failed:,} failed)" if count.failed else text


def _changed(report: Report) -> Iterator[Section]:
    yield Section(
        "What changed its form",
        ("Where the values of each column are now. What has no value is left out.",),
    )
    for board in report.survey.boards:
        columns = tuple(column for column in board.columns if column.kept and column.values)
        section = shared.columns(replace(board, columns=columns), board.name)
        text = (f"Groups: {board.groups}.",) if board.groups else ()
        if columns:
            yield replace(section, text=text)


def _losses(report: Report) -> Iterator[Section]:
    text = (
        f"{format_count(report.lossy, 'value loses', 'values lose')} something. "
        "Examples are at most three for each loss."
    )
    yield Section("What was lost", (text if report.lossy else "No value loses anything.",))
    for board in report.survey.boards:
        yield from _not_kept(board)
        yield from shared.losses(board, f"{board.name}: what values lose")
    yield from (replace(section, level=3) for section in shared.missing(report.survey))
    yield from (replace(section, level=3) for section in shared.people(report.survey))


def _not_kept(board: BoardPlan) -> Iterator[Section]:
    rows = tuple(
        (column.title, column.type, f"{column.values:,}", column.target)
        for column in board.columns
        if column.values and not column.kept
    )
    if rows:
        table = Table(("Column", "Type", "Values", "Why"), rows, frozenset({2}))
        yield Section(f"{board.name}: columns that are not kept", table=table, level=3)


def _failed(report: Report) -> Section:
    if not report.failed:
        return Section("What failed", ("Nothing.",))
    rows = tuple(
        (_noun(failure.kind), failure.item, failure.reason, failure.key)
        for failure in report.failures
    )
    first = f"; the first {len(rows):,} are listed" if report.failed > len(rows) else ""
    text = f"Failed steps: {report.failed:,}{first}. A run tries them again:"
    table = Table(("Kind", "Item", "Reason", "Step"), rows)
    return Section("What failed", (text,), table, commands=(f"{_command('run', report)} --retry",))


def _command(name: str, report: Report) -> str:
    return f"clickup-mlops migrate {name} {quote(report.mapping)}"


def _noun(kind: str) -> str:
    kinds: dict[str, Kind] = {name: name for name in NOUNS}
    return NOUNS[kinds[kind]][0] if kind in kinds else kind


def _by_hand(report: Report) -> Iterator[Section]:
    yield from shared.manual_steps(report.survey.manual)
    yield Section(
        "At the cut-over",
        points=(
            "Make the source read-only, then carry the last changes over and verify.",
            "Point integrations, bookmarks and forms at ClickUp.",
            "Keep the source until this report is signed.",
        ),
        commands=(_command("delta", report), _command("verify", report)),
    )


def _verification(report: Report) -> Iterator[Section]:
    verification = report.verification
    if verification is None:
        text = "It has not been verified. This compares both sides field by field:"
        yield Section("Verification", (text,), commands=(_command("verify", report),))
        return
    text = (
        f"On {shared.when(verification.at_ms)}, "
        f"{format_count(verification.compared, 'item was', 'items were')} compared, "
        f"and {format_count(verification.equal, 'is', 'are')} the same on both sides."
    )
    yield Section(
        "Verification", (text, _verified(verification)), _differences(report, verification)
    )
    _, missing, extra = verification.counts
    if missing:
        yield Section(
            "Items without a task",
            _list_items(missing, verification.missing, verification),
            level=3,
        )
    if extra:
        yield Section(
            "Tasks without an item", _list_items(extra, verification.extra, verification), level=3
        )


def _differences(report: Report, verification: VerificationSummary) -> Table | None:
    names = {board.id: board.name for board in report.survey.boards}
    rows = tuple(
        (
            names.get(difference.board, difference.board),
            difference.name or difference.item,
            difference.field,
            difference.source,
            difference.target,
        )
        for difference in verification.differences
    )
    heads = ("Board", "Item", "Field", "In the source", "In ClickUp")
    return Table(heads, rows) if rows else None


def _list_items(
    count: int, ids: tuple[str, ...], verification: VerificationSummary
) -> tuple[str, ...]:
    more = f", and {count - len(ids):,} more" if count > len(ids) else ""
    return (f"{', '.join(map(verification.named, ids))}{more}",)


def _signatures() -> Section:
    rows = tuple((signer, "", "", "") for signer in _SIGNERS)
    table = Table(("For", "Name", "Date", "Signature"), rows)
    return Section("Sign-off", table=table, boxes=_CHECKS)
