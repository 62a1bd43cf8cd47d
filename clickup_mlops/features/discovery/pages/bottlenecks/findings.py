"""What was found."""

from clickup_mlops.features.discovery.section import build
from clickup_mlops.ports.sections.model import SectionType

SECTION = SectionType("Bottlenecks", build, 10, reports=("monthly",))
