"""`invite`: attach an invitation to a call, a calendar file (.ics), to the task."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import Field

from clickup_mlops.automations.actions.comment import is_older, reference, subject
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.text import Text, Title
from clickup_mlops.clickup.model import Person
from clickup_mlops.config import Table
from clickup_mlops.features.incidents.actions.call_link import address
from clickup_mlops.views.text import format_line

_MAIL: Final = re.compile(r"[^\s<>\"(),:;\[\]\\\x00-\x1f]+@[\w.-]+")
_MINUTE_MS: Final = 60_000


class Options(Table):
    """The call, and who is invited."""

    url: Text
    """Address of the call: `https://meet.example.org/incident-${task.id}`."""
    title: Title = Title("${task.name}")
    """Title of the event."""
    text: Title = Title("${task.url}")
    """Its description, without formatting."""
    people: tuple[Text, ...] = ()
    """Who is invited: members, groups, `on_call`. The first one with an e-mail organises. Names
    that are nobody's are left out."""
    length: timedelta = Field(timedelta(hours=1), gt=timedelta(0))
    """How long the call is, from now."""
    file: Text = Text("invitation")
    """Name of the file, without `.ics`."""
    key: Text = Text("")
    """Distinguishes several invitations of one automation; it is attached once for each."""
    again: timedelta | None = None
    """Attach another one when the last one for this key is this old. Unset: never."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if it was attached, and not long enough ago: ClickUp's API cannot remove files."""
    kind = f"attachment:{subject(situation.automation, options.key.fill(situation).strip())}"
    last = situation.written(kind)
    if last and (options.again is None or not is_older(last, options.again, situation.now_ms)):
        return None
    url = address(situation, options.url)
    name = f"{_file_name(options.file.fill(situation))}.ics"
    once = reference(f"{situation.task.id}/{kind}/{last.at_ms if last else ''}")
    after = {"name": name, "text": _calendar(situation, options, url, once)}
    return Change(kind, None, after, f"invitation to {url}", {"name": name, "url": url})


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text.strip()).strip("-.")[:80] or "invitation"


def _calendar(situation: Situation, options: Options, url: str, once: str) -> str:
    # Only who invites needs it: the library takes a while to load.
    from icalendar import Calendar, Event, vCalAddress

    starts = datetime.fromtimestamp((situation.now_ms - situation.now_ms % _MINUTE_MS) // 1000, UTC)
    event = Event()
    event.add("uid", f"{once}@clickup-mlops")
    event.add("dtstamp", starts)
    event.add("dtstart", starts)
    event.add("dtend", starts + options.length)
    event.add("summary", format_line(options.title.fill(situation)) or "Call")
    event.add("description", f"{url}\n\n{options.text.fill(situation).strip()}")
    event.add("location", url)
    event.add("url", url)
    people = _people(situation, options)
    for number, person in enumerate(people):
        event.add("attendee" if number else "organizer", vCalAddress(f"mailto:{person.email}"))
    calendar = Calendar()
    calendar.add("prodid", "-//clickup-mlops//incident call//EN")
    calendar.add("version", "2.0")
    # A request needs somebody to ask, and somebody who is asked (RFC 5546, 3.2).
    calendar.add("method", "REQUEST" if len(people) > 1 else "PUBLISH")
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _people(situation: Situation, options: Options) -> tuple[Person, ...]:
    """Those with an e-mail address, each once."""
    people: dict[int, Person] = {}
    for name in filter(None, (text.fill(situation).strip() for text in options.people)):
        try:
            named = situation.names.people(name)
            people |= {person.id: person for person in named if _MAIL.fullmatch(person.email)}
        except Unanswered:
            continue  # an invitation that lacks somebody is better than none
    return tuple(people.values())


ACTION = ActionType(
    "Attach an invitation to a call (.ics) to the task.",
    Options,
    plan,
    writes=("attachment",),
    named=lambda options: map(str, options.people),
)
