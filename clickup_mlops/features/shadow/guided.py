"""`init --guided` finds its guide here; it is a part of the command line."""

from typing import Final

from clickup_mlops.ports.cli.guide import Guide, GuideRequest


def _guide(request: GuideRequest) -> int:
    from clickup_mlops.features.shadow.cli import _guided

    return _guided.run(request)


GUIDE: Final[Guide] = _guide
