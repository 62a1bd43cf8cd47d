"""Times, durations and links as texts show them. Pure."""

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from clickup_mlops.automations.schedule import zone
from clickup_mlops.clickup.blocks import build_link

# Nobody who writes a task's name can write these.
_BEGIN, _END = (f"\ue000{secrets.token_hex(8)}{side}" for side in "<>")
_MARKED: Final = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)


def format_duration(value: timedelta) -> str:
    """In its two largest units: `3d 4h`."""
    seconds = abs(int(value.total_seconds()))
    amounts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        amount, seconds = divmod(seconds, size)
        if amount:
            amounts.append(f"{amount}{unit}")
    sign = "-" if value < timedelta(0) else ""
    return sign + (" ".join(amounts[:2]) or "0s")


def format_moment_in(value: datetime, zone_name: str) -> str:
    """On the clocks there. Raises ValueError: no time zone has that name."""
    return value.astimezone(zone(zone_name)).strftime("%Y-%m-%d %H:%M")


def format_link(task: Mapping[str, Any]) -> str:
    """The task's name as a link to it, for `split_markdown`."""
    return f"{_BEGIN}{build_link(task['name'], task['url'])}{_END}"


def split_markdown(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a text, each with whether it is Markdown that a function has made."""
    for number, part in enumerate(_MARKED.split(text)):
        yield part, number % 2 == 1
