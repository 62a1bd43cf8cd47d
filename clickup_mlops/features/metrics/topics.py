"""Measures that are about GPUs. Sources whose measures have names of their own take part by naming
them so.
"""

from typing import Final

from clickup_mlops.features.metrics.sources import dcgm
from clickup_mlops.series.topics import Topics

TOPICS: Final = Topics(
    prefixes={"gpu": ("gpu_", "mfu", "tensor_", "sm_")},
    names={"gpu": frozenset(measure.name for measure in dcgm.SOURCE.measures)},
)
