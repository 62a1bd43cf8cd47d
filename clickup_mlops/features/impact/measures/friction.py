"""`friction`: what people say stands in their way, from two rounds of the survey."""

from collections.abc import Iterator

from clickup_mlops.features.impact.model import Evidence, Measure, Sample


def collect(evidence: Evidence) -> Iterator[Sample]:
    """Of each person; people of a role are alike. A round has no time: its period's end."""
    for role, friction in evidence.answers:
        yield Sample(evidence.end_ms, friction, (role,))


MEASURE = Measure(
    title="Friction",
    definition="Mean of a person's answers to the survey's statements of what stands in the way: 1 "
    "(not at all) to 5 (fully). No role with fewer than five people in a round.",
    source="two rounds of the survey: `--survey FILE FILE`",
    unit="count",
    better="less",
    collect=collect,
    order=41,
)
