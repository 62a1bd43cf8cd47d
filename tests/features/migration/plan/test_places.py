"""Every place a column can go to has words."""

from typing import get_args

import pytest

from clickup_mlops.features.migration.columns._model import Slot
from clickup_mlops.features.migration.mapping.model import ColumnTable
from clickup_mlops.features.migration.plan import places


@pytest.mark.parametrize("slot", get_args(Slot))
def test_every_place_has_words(slot: Slot) -> None:
    """A plan never stops at a mapping that is valid."""
    table = ColumnTable(title="Any", type="date", to=slot, field="Any", field_type="date")

    assert places.column(table)
