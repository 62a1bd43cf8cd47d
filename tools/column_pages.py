"""The reference page of the column types that a migration knows."""

from collections.abc import Iterator

import orjson

from clickup_mlops.features.migration.columns._model import Converted, Sample, Target
from clickup_mlops.features.migration.convert import column_types

HEAD = """\
What a migration makes of each type of column. The mapping says where a column's values go; the
places are listed in the order in which a draft tries them. Every column can also become a field of
the type `short_text` or `text`, a line of the description, or nothing. What a value may lose is
counted by the plan and the report. In the examples, Ann is user 101 in ClickUp; Bo has no account.

A date with a time is an instant. A day without a time is sent as 10:00 UTC: ClickUp keeps the day
on which that is where the token's owner lives, the same day from UTC-10 to UTC+13.
"""


def lines() -> Iterator[str]:
    """The page without its title."""
    yield from HEAD.splitlines()
    for name, kind in column_types().items():
        yield from ("", f"## `{name}`", "", kind.summary)
        places = [_place(target) for target in kind.targets(kind.samples[0].column)]
        yield from ("", f"Goes to: {', '.join(dict.fromkeys(places))}.")
        if kind.losses:
            yield from ("", "May lose:", "", *(f"- {loss}" for loss in kind.losses))
        yield from ("", "| value | goes to | becomes |", "| --- | --- | --- |")
        yield from map(_row, kind.samples)


def _place(target: Target) -> str:
    return f"`{target.type}` field" if target.slot == "field" else f"`{target.slot}`"


def _row(sample: Sample) -> str:
    place = (
        f"`{sample.choice.type}` field"
        if sample.choice.slot == "field"
        else f"`{sample.choice.slot}`"
    )
    return f"| {_code(sample.cell.value)} | {place} | {'<br>'.join(_parts(sample.converted))} |"


def _parts(converted: Converted) -> Iterator[str]:
    if converted.attributes:
        yield _code(dict(converted.attributes))
    if converted.value is not None:
        yield _code(converted.value)
    if converted.lines:
        yield f"description: {_code(' / '.join(converted.lines))}"
    for step in converted.deferred:
        yield f"`{type(step).__name__}`"
    for loss in converted.losses:
        yield f"lost: {loss.what}"
    if converted == Converted():
        yield "nothing"


def _code(value: object) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"`{text}`".replace("|", "\\|").replace("\n", " ⏎ ")
