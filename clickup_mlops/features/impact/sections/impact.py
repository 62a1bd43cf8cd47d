"""What changed since the period before: three sentences, then numbers."""

from clickup_mlops.features.impact.section import build
from clickup_mlops.ports.sections.model import SectionType

SECTION = SectionType("What changed", build, order=90, reports=("monthly",))
