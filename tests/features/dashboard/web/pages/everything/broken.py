"""A section whose source cannot be reached."""

from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.ports.sections.model import SectionType


def _build(_data, _query):
    raise ClickUpMlopsError("prometheus: no answer", hint="Check its address.")


SECTION = SectionType("Broken", _build, 30)
