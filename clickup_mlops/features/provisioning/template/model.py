"""The template language: what `templates/<name>.toml` may say. Every key is documented here.

A template describes one space: `[space]`, in it `[[space.folder]]` and `[[space.list]]`, and in a
folder `[[space.folder.list]]`. Any of these places may have `status`, `field`, `view`, `doc`,
`channel`, `webhook`, `automation` and `dashboard`; a space has `tag`, a list has `task` and `form`.

Before a template is checked, four things happen to its text, in this order:

1. `extends = "base"`: the other template is laid below this one. Tables are merged key by key,
   `[[...]]` entries by their name; what is new comes after what was there, and `omit = true` leaves
   out an entry that came from below.
2. `include = ["common_fields"]`, in any place: `templates/parts/common_fields.toml` is laid below
   that place. A part holds the keys of the place, such as `[[field]]`.
3. `${model}` in any string is replaced by the parameter's value. A string that is nothing but one
   parameter takes its type too: `cap = "${replicas}"` is a number. `$${` stands for `${`.
4. `--as NAME` names the space, so that one template can have several instances. If the space's
   name is one parameter (`name = "${space}"`), it sets that parameter. Chat channels have one name
   in the whole Workspace, so `(NAME)` is added to theirs unless they contain it.

Names are compared without case and outer blanks, as ClickUp does. What a template does not name is
never touched. `tests/cases/provision/templates/serving.toml` is a complete example.
"""

import unicodedata
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    StrictBool,
    StringConstraints,
    field_validator,
    model_validator,
)

from clickup_mlops.clickup.webhook import WebhookEvent
from clickup_mlops.config import Table
from clickup_mlops.features.provisioning.template.instance import NOWHERE, Instance
from clickup_mlops.features.provisioning.template.parameter import Parameter, Scalar
from clickup_mlops.features.provisioning.template.words import Ignored
from clickup_mlops.routing.decision import NUMBER, Level
from clickup_mlops.routing.policy import TaskPolicy

_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of what follows, so that a name reads as another one."""


def _one_line(name: str) -> str:
    for char in name:
        if char in _BIDI or unicodedata.category(char) in ("Cc", "Zl", "Zp"):
            raise ValueError(
                f"a name is one line without control characters; this one has U+{ord(char):04X}"
            )
    return name


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=255),
    AfterValidator(_one_line),
]
Flag = StrictBool
"""`true` or `false`; a text such as `"yes"` is a mistake, not an answer."""
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]
FieldType = Literal[
    "short_text",
    "text",
    "number",
    "currency",
    "drop_down",
    "labels",
    "date",
    "checkbox",
    "users",
    "emoji",
    "manual_progress",
    "automatic_progress",
    "url",
    "email",
    "phone",
    "location",
    "attachment",
    "tasks",
    "list_relationship",
    "formula",
    "votes",
    "button",
    "signature",
]
"""ClickUp's own words; `short_text` is Text, `currency` Money, `users` People, `emoji` Rating."""

ViewType = Literal["list", "board", "table", "gantt", "calendar", "timeline", "workload"]
COLUMNS: Final = {
    "name": "name",
    "status": "status",
    "priority": "priority",
    "assignee": "assignee",
    "tags": "tag",
    "due date": "dueDate",
    "start date": "startDate",
    "created": "dateCreated",
    "updated": "dateUpdated",
    "closed": "dateClosed",
    "time estimate": "timeEstimate",
    "time tracked": "timeLogged",
    "list": "lists",
    "comments": "commentCount",
    "dependencies": "dependencies",
}
"""Columns that every task has -> ClickUp's word. All other columns are custom fields, by name."""


def _days(value: timedelta) -> timedelta:
    if abs(value) > timedelta(days=3650):
        raise ValueError("more than ten years from the day of the apply")
    return value


Days = Annotated[timedelta, AfterValidator(_days)]


class Named(Table):
    """What every object has."""

    name: Name
    """As people see it in ClickUp. Unique among its neighbours of one kind."""
    ignore_changes: tuple[Ignored, ...] = ()
    """What people may change once it exists, such as `["description"]`; `["all"]`: everything."""
    omit: Flag = False
    """True: leave out the object of this name that comes from `extends` or `include`."""


class Status(Named):
    """A status that is wanted. It comes with a ClickUp template, or a person adds it."""

    type: Literal["open", "custom", "done", "closed"] = "custom"
    """ClickUp's groups: not started, active, done, closed. It wants one `open` and one `closed`."""
    color: Color | None = None
    """For the person who adds it; not compared."""


class Tag(Named):
    """A tag of the space. ClickUp keeps tags in lower case."""

    foreground: Color | None = None
    """Colour of the text, `#rrggbb`."""
    background: Color | None = None
    """Colour behind it, `#rrggbb`."""


class CustomField(Named):
    """A custom field. It is adopted, or comes with a ClickUp template, or a person makes it."""

    type: FieldType
    """ClickUp's word for the type."""
    description: str = ""
    """What goes in, who writes it, and why it matters. No call stores it in ClickUp: it is on a
    page of the Doc of its place, and in the manual steps."""
    unit: str = ""
    """Of a number, for people and metrics: `ms`, `%`, `GB/s`. ClickUp has no place for it: it
    is shown like the description."""
    options: tuple[Name, ...] = ()
    """Of `drop_down` and `labels`: the choices in their order."""
    colors: dict[Name, Color] = Field(default_factory=dict)
    """Colours of options, by name: for whoever creates the field; not compared."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    """Of `currency`: such as `EUR`."""
    precision: int | None = Field(None, ge=0, le=8)
    """Of `number` and `currency`: digits after the point."""
    count: int | None = Field(None, ge=1, le=5)
    """Of `emoji`: the highest rating."""
    start: float | None = None
    """Of `manual_progress`: where it begins."""
    end: float | None = None
    """Of `manual_progress`: where it is complete."""
    many: Flag | None = None
    """Of `users`: whether several people may be chosen."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> "CustomField":
        for key, types in _ONLY_OF.items():
            is_set = getattr(self, key) not in (None, (), {}, "")
            if is_set and self.type not in types:
                raise ValueError(f"`{key}` is only for {' and '.join(types)}, not {self.type}")
        if self.type in _ONLY_OF["options"] and not self.options:
            raise ValueError(f"a {self.type} field needs `options`")
        if len({option.casefold() for option in self.options}) < len(self.options):
            raise ValueError("an option is named twice")
        return self


_ONLY_OF: Final[dict[str, tuple[str, ...]]] = {
    "options": ("drop_down", "labels"),
    "colors": ("drop_down", "labels"),
    "unit": ("number", "manual_progress", "automatic_progress", "formula"),
    "currency": ("currency",),
    "precision": ("number", "currency"),
    "count": ("emoji",),
    "start": ("manual_progress",),
    "end": ("manual_progress",),
    "many": ("users",),
}


class Filter(Table):
    """One condition of a view."""

    field: Name
    """A column or custom field, by name."""
    is_: tuple[Scalar, ...] = Field((), alias="is")
    """One of these values: statuses, tags, priorities (`urgent` ...), options, numbers."""
    is_not: tuple[Scalar, ...] = ()
    """None of these values."""
    above: float | None = None
    """A number greater than this."""
    below: float | None = None
    """A number less than this."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Filter":
        conditions = [
            self.is_ != (),
            self.is_not != (),
            self.above is not None,
            self.below is not None,
        ]
        if sum(conditions) != 1:
            raise ValueError("a filter says exactly one of `is`, `is_not`, `above`, `below`")
        return self


class View(Named):
    """A saved way to look at tasks. Columns are built-in ones or custom fields, all by name."""

    type: ViewType = "list"
    """ClickUp's word."""
    group_by: Name = "none"
    """`none`, `status`, `priority`, `assignee`, `tags`, `due date`, or a custom field."""
    group_descending: Flag = False
    """Reverse the order of the groups."""
    sort_by: tuple[Name, ...] = ()
    """Columns, the first one strongest. `-` before a name reverses: `"-P99 latency ms"`."""
    filter: tuple[Filter, ...] = ()
    """Which tasks are shown."""
    match: Literal["all", "any"] = "all"
    """Whether a task must meet all filters or any."""
    columns: tuple[Name, ...] = ()
    """What is shown beside the name; empty: ClickUp's own choice. `clickup:<word>` stands for a
    column that only ClickUp has a word for."""
    show_closed: Flag = False
    """Whether closed tasks are shown."""


class Task(Named):
    """A starter task. Once it is there it belongs to the people: only its absence is noticed."""

    description: str = ""
    """Markdown."""
    status: Name | None = None
    """One of the list's statuses; unset: the first. While the list lacks it, the task begins in the
    first, and the plan says so."""
    priority: Level | None = None
    """`urgent`, `high`, `normal` or `low`. Unset: the bot's routing decides."""
    tags: tuple[Name, ...] = ()
    """Tags of the space."""
    start_in: Days | None = None
    """Start date, counted from the apply: `"P1D"` is tomorrow."""
    due_in: Days | None = None
    """Due date, counted from the apply: `"P14D"` is in two weeks."""
    fields: dict[Name, Scalar | tuple[str, ...]] = Field(default_factory=dict)
    """Values of custom fields by name; options by label. A value whose field is not there yet
    follows with the next apply after it is."""
    checklist: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)
    """Checklists: name -> items."""
    waits_for: tuple[Name, ...] = ()
    """Tasks of the same list, by name, that must be done first."""
    subtask: tuple["Task", ...] = ()
    """Tasks below this one."""

    @property
    def number(self) -> int | None:
        """The priority on the wire, 1 to 4."""
        return None if self.priority is None else NUMBER[self.priority]


class Page(Named):
    """A page of a doc."""

    content: str = ""
    """Markdown. ClickUp drops check boxes in it."""
    page: tuple["Page", ...] = ()
    """Pages below this one."""


class Doc(Named):
    """A doc: runbook, model card, experiment log. People own its text once it is there."""

    page: tuple[Page, ...] = ()
    """The pages in their order."""


class Channel(Named):
    """A chat channel of the Workspace; one that is there is used."""

    private: Flag = False
    """Whether a new one is for invited people only."""


class Webhook(Table):
    """A webhook for this place, registered for the token's user."""

    endpoint: Annotated[str, StringConstraints(pattern=r"^\s*(https?://\S+)?\s*$")]
    """Where events go, an `https://` address. Empty (say, an unset parameter): no webhook."""
    events: tuple[WebhookEvent, ...] = Field(("*",), min_length=1)
    """ClickUp's events; `["*"]`: all."""
    omit: Flag = False
    """True: leave out the webhook of this endpoint that comes from `extends` or `include`."""


class Automation(Named):
    """An automation of ClickUp's own. Only a person can make it; prefer the bot's (`enable`)."""

    when: str = Field(min_length=1)
    """The trigger, in the words of ClickUp's page."""
    then: str = Field(min_length=1)
    """The action, in the words of ClickUp's page."""


class Dashboard(Named):
    """A dashboard. Only a person can make it."""

    cards: tuple[str, ...] = Field(min_length=1)
    """What each card shows."""


class Form(Named):
    """A form that makes tasks in its list. Only a person can make it."""

    questions: tuple[str, ...] = Field(min_length=1)
    """What it asks."""


class Place(Named):
    """What spaces, folders and lists have in common."""

    include: tuple[str, ...] = ()
    """Files in `templates/parts/`, laid below this place."""
    status: tuple[Status, ...] = ()
    """Statuses that are wanted here."""
    field: tuple[CustomField, ...] = ()
    """Custom fields, made here and seen by every list below."""
    view: tuple[View, ...] = ()
    """Views of this place."""
    doc: tuple[Doc, ...] = ()
    """Docs in this place."""
    channel: tuple[Channel, ...] = ()
    """Chat channels that belong to this place's work."""
    webhook: tuple[Webhook, ...] = ()
    """Webhooks for the events of this place."""
    automation: tuple[Automation, ...] = ()
    """ClickUp's own automations that a person makes here."""
    dashboard: tuple[Dashboard, ...] = ()
    """Dashboards about this place that a person makes."""


class List(Place):
    """A list of tasks."""

    description: str = ""
    """What belongs here, in Markdown."""
    template: str = ""
    """Name of a ClickUp list template. A new list is made from it if the Workspace has it, and so
    gets the custom fields and statuses that the API cannot make."""
    task: tuple[Task, ...] = ()
    """Starter tasks."""
    form: tuple[Form, ...] = ()
    """Forms that a person makes."""


class Folder(Place):
    """A folder of lists."""

    template: str = ""
    """Name of a ClickUp folder template, used like a list's."""
    list: tuple[List, ...] = ()
    """Its lists."""


class Space(Place):
    """The space."""

    private: Flag | None = None
    """Whether only invited people see it. Unset: as it is; ClickUp makes new spaces public."""
    color: Color | None = None
    """Its colour, `#rrggbb`. Unset: as it is."""
    tag: tuple[Tag, ...] = ()
    """Its tags."""
    folder: tuple[Folder, ...] = ()
    """Its folders."""
    list: tuple[List, ...] = ()
    """Lists directly in the space."""


class Objective(Table):
    """`[slo."<metric field>"]`: the objective of a metric, for the tasks of this Space."""

    objective: Name
    """The custom field with the objective, in the same unit."""
    worse: Literal["above", "below"] = "above"
    """On which side of the objective the trouble is."""


class Binding(Table):
    """`[metrics."<field>"]`: where a custom field's value comes from."""

    source: str = Field(min_length=1)
    """Name or kind of a source of the bot's settings: `prometheus`, `vllm`, `mlflow` ..."""
    query: str
    """PromQL for a Prometheus; for any other source the name of the measure: `ttft_p99_ms`. Empty
    (say, an unset parameter): people fill in the field."""
    measure: str = ""
    """What a query of a Prometheus measures, such as `ecn_marked_pct`: advice and pages know it by
    that name. Empty: the query itself."""
    where: dict[str, Name] = Field(default_factory=dict)
    """Only series with these labels."""
    match: dict[str, Name] = Field(default_factory=dict)
    """How a task is found: a label of the series, and the custom field with its value (or `name`,
    `id`, `tag`, `list`). Empty: each label must be the value of the field of the same name, the
    task's name, or a tag."""
    lists: tuple[Name, ...] = ()
    """Only tasks of these Lists. Empty: all of the template's Folders, else of its Space."""
    of: Literal["only", "max", "min", "sum", "mean"] = "only"
    """If several series belong to one task: one of them, or `only`: nothing is written."""


class Template(Table):
    """A template's file."""

    summary: str = Field(min_length=1)
    """One sentence: for whom, and what they get."""
    strategy: str = Field(min_length=1)
    """The optimisation strategy that it stands for, such as `latency-bound serving` or
    `throughput-bound batch`. Explanations of decisions name it."""
    version: str = "1"
    """Raise it with each change; `provision diff` shows what an upgrade does."""
    extends: str = ""
    """Name of the template that this one is laid over."""
    include: tuple[str, ...] = ()
    """Files in `templates/parts/`, laid below the whole template."""
    parameters: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")], Parameter] = (
        Field(default_factory=dict)
    )
    """Values that are asked for when the template is used."""
    enable: tuple[str, ...] = ()
    """Automations of the bot (`automations/<name>.toml`), those that are evaluated for tasks: they
    are on in its Space from the next start of the bot on. The bot's settings win: `mode` in
    `[automations.by_name.<name>]`."""
    space: Space
    """What is wanted."""
    routing: TaskPolicy = TaskPolicy()
    """The routing policy for tasks of this Space, as in the bot's settings, which win."""
    slo: dict[Name, Objective] = Field(default_factory=dict)
    """Objectives by the custom field that is measured: a breach makes a task of this Space urgent.
    They replace the default `slos`; configured ones for the same field win."""
    metrics: dict[Name, Binding] = Field(default_factory=dict)
    """Where the values of custom fields come from, by field. They hold in the template's own
    Folders, else in its Space; a breach in `task.breaches` names its `source`."""
    _name: str = PrivateAttr("template")
    _instance: Instance = PrivateAttr(default=NOWHERE)

    @field_validator("metrics")
    @classmethod
    def _asked(cls, metrics: dict[str, Binding]) -> dict[str, Binding]:
        return {field: binding for field, binding in metrics.items() if binding.query.strip()}

    @property
    def name(self) -> str:
        """The name of its file."""
        return self._name

    @property
    def instance(self) -> Instance:
        """Which of several instances it is."""
        return self._instance

    def named(self, name: str, instance: Instance = NOWHERE) -> "Template":
        """The template as the file of that name, and this instance of it."""
        self._name, self._instance = name, instance
        return self

    @property
    def policy(self) -> dict[str, Any]:
        """What it says about the tasks of its Space, as JSON values; only what it gives."""
        keys = {"strategy", "routing", "slo", "metrics", "enable"}
        plain = self.model_dump(mode="json", include=keys, exclude_unset=True)
        return {"routing": {}, "slo": {}, "metrics": {}, "enable": []} | plain
