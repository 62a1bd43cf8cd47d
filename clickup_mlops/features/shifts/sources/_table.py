"""What the settings say of a source."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from clickup_mlops.automations.schedule import ZoneName
from clickup_mlops.config import Table


def _check_pattern(text: str) -> str:
    try:
        groups = re.compile(text).groups
    except re.error as problem:
        raise ValueError(f"no regular expression: {problem}") from problem
    if groups != 1:
        raise ValueError("exactly one group is needed: the name")
    return text


class ShiftSource(Table):
    """Where the shifts of a rotation are read."""

    kind: str
    """`ical`, `pagerduty` or `opsgenie`."""
    url: SecretStr = SecretStr("")
    """`ical`: the calendar's address; whoever has it can read it: put it into the environment or
    the secrets folder. Else the API's; empty: `https://api.pagerduty.com`,
    `https://api.opsgenie.com`."""
    file: Path | None = None
    """`ical`: a file instead of an address."""
    schedule: str = ""
    """`pagerduty`: the schedule's id. `opsgenie`: its id or name."""
    token: SecretStr = SecretStr("")
    """`pagerduty`, `opsgenie`: an API key that may read; in the environment or the secrets
    folder."""
    zone: ZoneName = "UTC"
    """`ical`: time zone of times that name none."""
    name: Annotated[str, AfterValidator(_check_pattern)] = "(.+)"
    """`ical`: regular expression whose group is the name in an event's summary, such as
    `On Call - (.+)`. An attendee's e-mail is used first."""
