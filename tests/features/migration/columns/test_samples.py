"""Every column type: its worked samples, and the list of them against the official schema."""

import re

import pytest

from clickup_mlops.features.migration.columns._model import ColumnType
from clickup_mlops.features.migration.columns._samples import PEOPLE
from clickup_mlops.features.migration.convert import column_types

TYPES: dict[str, ColumnType] = column_types()
SAMPLES = [(name, sample) for name, column in TYPES.items() for sample in column.samples]


@pytest.mark.parametrize(
    ("name", "sample"), SAMPLES, ids=lambda one: one if type(one) is str else ""
)
def test_a_sample_becomes_what_it_says(name, sample) -> None:
    """The worked values of the reference are what the converter does."""
    conversion = TYPES[name].convert(sample.cell, sample.column, sample.choice, PEOPLE)

    assert conversion == sample.converted


@pytest.mark.parametrize("name", TYPES)
def test_every_type_has_a_summary_a_place_and_a_sample(name) -> None:
    """What a type's module offers is enough for the reference, the draft and the plan."""
    column = TYPES[name]

    assert column.summary.endswith(".")
    assert column.samples
    for sample in column.samples:
        assert sample.column.type == name
        places = {(target.slot, target.type) for target in column.targets(sample.column)}
        assert (sample.choice.slot, sample.choice.type) in places
        assert {("description", ""), ("none", ""), ("field", "text")} <= places


def test_every_type_of_the_official_schema_has_a_converter(reference_dir) -> None:
    """No column of a board is of a type that nobody thought of."""
    schema = reference_dir / "monday" / "schema.graphql"
    if not schema.is_file():
        pytest.skip("no official schema: monday/schema.graphql is not in the reference folder")
    body = re.search(r"^enum ColumnType \{(.*?)^\}", schema.read_text(), re.S | re.M)
    assert body
    official = set(re.findall(r"^  (\w+)$", re.sub(r'"""?.*?"""?', "", body[1]), re.M))

    assert len(official) > 35
    assert official <= set(TYPES)
