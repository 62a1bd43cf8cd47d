"""Where the numbers of a task come from, in words: for `/why`, `why` and a comment on the task."""

from clickup_mlops.routing.decision import format_moment
from clickup_mlops.store.tables.metric_values import MetricValue

_MARKS = str.maketrans("`[]<>*", "'()‹›∗")


def describe_number(value: MetricValue) -> str:
    """A sentence about a field that the bot keeps: what it shows, whence, and when it was read."""
    field = _quote(value.field)
    if value.value is None:
        return f"{field} is empty: there is no new reading of {describe_source(value)}."
    read = f"read {format_moment(value.sample_ms)}"
    held = (
        f" A person has it until {format_moment(value.held_until_ms)}."
        if value.held_until_ms
        else ""
    )
    return f"{field} is {value.value:.10g}: {describe_source(value)}; {read}.{held}"


def describe_source(value: MetricValue) -> str:
    """Measure or query, source, series, aggregate and window: what stays while values change."""
    window = f"over {value.window_ms / 1000:g} s" if value.window_ms else ""
    parts = (_quote(value.labels), value.aggregate, window)
    origin = f"`{_quote(value.measure)}` of the source `{value.source}`"
    return ", ".join(filter(None, (origin, *parts)))


def _quote(text: str) -> str:
    """What others wrote, on one line and without what would end a quotation or hide a link."""
    return " ".join(text.translate(_MARKS).split())
