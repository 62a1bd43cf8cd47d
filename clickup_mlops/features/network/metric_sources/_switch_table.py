"""Settings of sources whose targets are switches."""

from typing import ClassVar

from clickup_mlops.features.metrics.read.settings import PageTable


class SwitchTable(PageTable):
    """A page in the Prometheus text format, or those of a fleet of switches. Each target is a
    `switch`.
    """

    PLACE: ClassVar[str] = "switch"
