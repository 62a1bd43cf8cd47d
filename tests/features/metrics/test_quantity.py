"""One vocabulary: each measure of each source has a meaning, and only one."""

from collections import Counter

import pytest

from clickup_mlops import registry
from clickup_mlops.features.metrics.quantity import LABELS, ROOM, is_raw, quantities, unit_of
from clickup_mlops.features.metrics.settings import kinds
from clickup_mlops.views import measures

BY_KIND = {kind: source.measures for kind, source in kinds().items() if source.measures}


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_each_measure_of_a_source_is_in_the_vocabulary(kind: str) -> None:
    """With the same unit, whichever source derives it."""
    units = {measure.name: measure.unit for measure in BY_KIND[kind]}
    assert units == {name: unit_of(name) for name in units}


def test_a_quantity_is_defined_once() -> None:
    """In one module of one feature."""
    modules = registry.find_all(ROOM, "QUANTITIES").values()
    ids = Counter(quantity.id for group in modules for quantity in group)
    assert [name for name, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("quantity", quantities().values(), ids=lambda quantity: quantity.id)
def test_a_name_that_ends_with_a_unit_has_that_unit(quantity) -> None:
    """What people see on a page and what is written agree."""
    unit = measures.find_unit(quantity.id)
    assert unit in ("", quantity.unit)
    assert quantity.meaning.endswith(".") or quantity.meaning.endswith("0")
    assert quantity.scope in LABELS


def test_what_has_another_name_is_raw() -> None:
    """It is shown, and never diagnosed."""
    assert is_raw("my_own_number") and unit_of("my_own_number") == ""
    assert not is_raw("ecn_marked_pct")
