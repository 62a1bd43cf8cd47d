"""Link."""

from typing import Final

from clickup_mlops.features.migration.columns._addresses import LABEL
from clickup_mlops.features.migration.columns._links import REFUSED, link_type
from clickup_mlops.features.migration.columns._model import Converted, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("link", "Paper", "link")

COLUMN = link_type(
    "A website field; what ClickUp does not take for an address is kept in the description.",
    (Target("field", "url"), Target("description")),
    samples=(
        sample(
            _COLUMN,
            {"url": "https://arxiv.org/abs/2309.06180", "text": "PagedAttention"},
            "field:url",
            Converted(
                value="https://arxiv.org/abs/2309.06180", losses=(Loss(LABEL, "PagedAttention"),)
            ),
        ),
        sample(
            _COLUMN,
            {"url": "arxiv.org", "text": ""},
            "field:url",
            Converted(lines=("**Paper:** arxiv.org",), losses=(Loss(REFUSED, "arxiv.org"),)),
        ),
    ),
)
