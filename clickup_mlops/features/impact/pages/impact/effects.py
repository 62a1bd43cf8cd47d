"""Effects on all measures."""

from clickup_mlops.features.impact.section import build
from clickup_mlops.ports.sections.model import SectionType

SECTION = SectionType("What changed", build, 10)
