"""Times, durations and links as texts show them. Pure."""

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from clickup_mlops.automations.schedule import zone
from clickup_mlops.clickup.blocks import build_link

# Nobody who writes a task's name can write these.
_BEGIN, _END = (f"\ue000{secrets.token_hex(8)}{side}" for side in "<>")
_MARKED: Final = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
_UTC_TIME: Final = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? UTC(?![\w+-])")


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


def localize(text: str, zone_name: str) -> str:
    """A text for people: its times, which the bot writes in UTC, on the clocks of a time zone, such
    as `2026-11-27 09:30 CET`.
    """
    if zone_name == "UTC":
        return text
    where = zone(zone_name)
    return _UTC_TIME.sub(lambda match: _move(match[0], where), text)


def _move(time: str, where: ZoneInfo) -> str:
    try:
        local = datetime.fromisoformat(time.replace(" UTC", "+00:00")).astimezone(where)
    except (ValueError, OverflowError):  # digits that are no time
        return time
    name = f"{local:%Z}".removeprefix("UTC")
    # Zones whose time has no name have their offset, such as `-03`.
    suffix = f"UTC{name}" if name[:1] in ("", "+", "-") else name
    return f"{local:{'%Y-%m-%d %H:%M:%S' if time.count(':') > 1 else '%Y-%m-%d %H:%M'}} {suffix}"


def format_link(task: Mapping[str, Any]) -> str:
    """The task's name as a link to it, for `split_markdown`."""
    return f"{_BEGIN}{build_link(task['name'], task['url'])}{_END}"


def split_markdown(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a text, each with whether it is Markdown that a function has made."""
    for number, part in enumerate(_MARKED.split(text)):
        yield part, number % 2 == 1
