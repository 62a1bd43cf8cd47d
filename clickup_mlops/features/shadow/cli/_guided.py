"""`init --guided`: sign in, pick Lists, see what the bot would do on them. No field is needed."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from clickup_mlops import files
from clickup_mlops.config import ENV_PREFIX
from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.ports.cli.guide import GuideRequest
from clickup_mlops.ports.cli.program import program
from clickup_mlops.spelling import SENTENCE, suggest_word

if TYPE_CHECKING:
    from pathlib import Path

    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.clickup.hierarchy import TaskList, Workspace
    from clickup_mlops.features.shadow.tables.proposals import Proposal

CHANNEL: Final = "clickup-mlops"
_SHOWN: Final = 10
_OFFICIAL: Final = "https://api.clickup.com"
_LOCAL_EVERY: Final = "PT1M"
"""Without an address for ClickUp's webhook, changes are looked for so often."""
_FIELDS: Final = """\
No custom field is needed. Later, when a source fills them, make these three first, by hand in
ClickUp (its API cannot): open a List, "+" at the right of the columns, type, name, Create.
  P99 latency ms  Number     when Prometheus, vLLM, SGLang or Triton is connected
  SLO latency ms  Number     with it: the bot raises tasks whose latency is above it
  Workload        Dropdown   Inference, Training, Data, Infra, Other: where the text misleads
`clickup-mlops help custom-fields` has each click; `clickup-mlops doctor` finds what is missing."""


@dataclass(frozen=True, slots=True)
class Place:
    """A List with the names around it."""

    list_id: str
    space_id: str
    name: str
    path: str


def run(request: GuideRequest) -> int:
    """Write the settings file, and show what the bot would do; the exit code."""
    from clickup_mlops.clickup.client import ClickUp

    token, base_url = _find_token(request), _base_url(request)
    with ClickUp(token.value, base_url=base_url, oauth=token.oauth) as client:
        user = client.authorization.user()
        click.echo(f"Signed in as {user.username}.")
        workspace = _pick_workspace(client.authorization.workspaces(), request.workspace_id)
        click.echo(f"Reading the Lists of {workspace.name} ...")
        chosen = _pick_lists(_read_places(client, workspace.id), request.lists)
    _write(request, token, workspace.id, chosen, channel="")
    proposals = _see(request.file)
    channel = _pick_channel(request)
    if channel:
        _write(request, token, workspace.id, chosen, channel=channel)
        _post(request.file)
    _next_steps(request, proposals, channel)
    return ExitCode.DONE


# -- sign in


@dataclass(frozen=True, slots=True)
class _Token:
    """`value`, and whether it is written to the file: not if it is found elsewhere."""

    value: str
    oauth: bool = False
    is_given: bool = False


def _find_token(request: GuideRequest) -> _Token:
    if request.token:
        return _Token(request.token, is_given=True)
    if token := _find_elsewhere(_base_url(request)):
        return token
    if not sys.stdin.isatty():
        name = f"{ENV_PREFIX}CLICKUP__TOKEN"
        raise ConfigError("there is no ClickUp token", hint=f"Set {name}, or use a terminal.")
    click.echo("A personal token: in ClickUp, your picture, Settings, Apps, API Token, Generate.")
    text = str(click.prompt("ClickUp token (hidden)", hide_input=True)).strip()
    return _Token(text, is_given=True)


def _find_elsewhere(base_url: str) -> _Token | None:
    """Where every command finds it: environment, secrets folder, or what `login` keeps."""
    from clickup_mlops import config
    from clickup_mlops.bot.settings import Settings

    clickup = config.load(Settings, None, clickup={"base_url": base_url}).clickup
    token = clickup.token.get_secret_value()
    return _Token(token, clickup.oauth) if token else None


def _base_url(request: GuideRequest) -> str:
    return request.base_url or os.environ.get(f"{ENV_PREFIX}CLICKUP__BASE_URL") or _OFFICIAL


# -- choices


def _pick_workspace(workspaces: Sequence["Workspace"], chosen_id: str) -> "Workspace":
    by_id = {workspace.id: workspace for workspace in workspaces}
    if chosen_id or len(by_id) == 1:
        chosen = by_id.get(chosen_id or next(iter(by_id)))
        if chosen is None:
            raise InputError(f"the token does not see Workspace {chosen_id}", hint=_ids(workspaces))
        return chosen
    if not sys.stdin.isatty():
        raise InputError("the token sees several Workspaces", hint=_ids(workspaces))
    for number, workspace in enumerate(workspaces, 1):
        click.echo(f"{number:>4}  {workspace.name}")
    number = click.prompt("Workspace", type=click.IntRange(1, len(workspaces)))
    return workspaces[int(number) - 1]


def _ids(workspaces: Iterable["Workspace"]) -> str:
    named = ", ".join(f"{workspace.id} ({workspace.name})" for workspace in workspaces)
    return f"--workspace: {named}."


def _read_places(client: "ClickUp", team_id: str) -> list[Place]:
    """Every List; a call for the Spaces and two for each."""
    return [
        _place(task_list, space.id, path)
        for space in client.spaces.all(team_id)
        for path, lists in [
            (space.name, client.lists.of_space(space.id)),
            *(
                (f"{space.name} / {folder.name}", folder.lists)
                for folder in client.folders.of_space(space.id)
                if not folder.hidden
            ),
        ]
        for task_list in lists
    ]


def _place(task_list: "TaskList", space_id: str, path: str) -> Place:
    return Place(task_list.id, space_id, task_list.name, f"{path} / {task_list.name}")


def _pick_lists(places: Sequence[Place], chosen: Sequence[str]) -> list[Place]:
    if not places:
        raise InputError("the Workspace has no List that you can see")
    if not chosen and not sys.stdin.isatty():
        raise InputError("no List was given", hint="--list NAME, or --list all.")
    for number, place in enumerate(places, 1) if not chosen else ():
        click.echo(f"{number:>4}  {place.path}")
    while not chosen:
        answer = str(click.prompt("Lists (numbers or names with commas, or all)", default="all"))
        chosen = [word.strip() for word in answer.split(",") if word.strip()]
    return find_places(places, chosen)


def find_places(places: Sequence[Place], chosen: Iterable[str]) -> list[Place]:
    """The places that these words name: numbers from 1, names, paths, ids, or `all`.

    Raises:
        InputError: a word names none, or several.
    """
    found_places = [place for word in chosen for place in _find(places, word)]
    return list(dict.fromkeys(found_places))


def _find(places: Sequence[Place], word: str) -> list[Place]:
    text = word.strip().casefold()
    if text == "all":
        return [*places]
    if text.isdigit() and 1 <= int(text) <= len(places):
        return [places[int(text) - 1]]
    matching = [
        place
        for place in places
        if text in (place.list_id, place.name.casefold(), place.path.casefold())
    ]
    if len(matching) == 1:
        return matching
    if matching:
        raise InputError(f'several Lists are called "{word}"', hint=_paths(matching))
    names = [place.name for place in places]
    hint = suggest_word(word, names, SENTENCE, otherwise=_paths(places))
    raise InputError(f'there is no List "{word}"', hint=hint)


def _paths(places: Iterable[Place]) -> str:
    return f"They are: {'; '.join(place.path for place in places)}."


def _pick_channel(request: GuideRequest) -> str:
    if request.channel is not None:
        return request.channel.strip().removeprefix("#")
    if not sys.stdin.isatty():
        return ""
    click.echo("\nThe team can see this in a chat channel, once a day, and answer there.")
    click.echo("It is the only thing that the bot writes in shadow mode. `-`: not now.")
    answer = str(click.prompt("Chat channel", default=CHANNEL)).strip().removeprefix("#")
    return "" if answer == "-" else answer


# -- file


def _write(
    request: GuideRequest, token: _Token, workspace_id: str, chosen: list[Place], *, channel: str
) -> None:
    from clickup_mlops.operations.settings_file import START
    from clickup_mlops.toml import dumps

    tables = make_tables(request, token.value if token.is_given else "", workspace_id, chosen)
    if channel:
        tables["shadow"]["channel"] = channel
    files.write(request.file, f"{START}\n{dumps(tables)}", private=True)


def make_tables(
    request: GuideRequest, token: str, workspace_id: str, chosen: Sequence[Place]
) -> dict[str, dict[str, object]]:
    """The settings file. Events are asked for from the narrowest place with all of the Lists."""
    base_url = _base_url(request)
    clickup: dict[str, object] = {"workspace_id": workspace_id}
    clickup |= {"token": token} if token else {}
    clickup |= {"base_url": base_url} if base_url != _OFFICIAL else {}
    hooks: dict[str, object] = {"public_url": request.public_url} if request.public_url else {}
    hooks |= _narrowest(chosen)
    jobs: dict[str, object] = {} if request.public_url else {"backfill_every": _LOCAL_EVERY}
    tables: dict[str, dict[str, object]] = {
        "clickup": clickup,
        "store": {"url": request.store or "sqlite:///clickup-mlops.db"},
        "hooks": hooks,
        "jobs": jobs,
        "automations": {"mode": "shadow"},
        "shadow": {"lists": [place.list_id for place in chosen]},
    }
    return {name: table for name, table in tables.items() if table}


def _narrowest(chosen: Sequence[Place]) -> dict[str, object]:
    if len(chosen) == 1:
        return {"list_id": chosen[0].list_id}
    spaces = {place.space_id for place in chosen}
    return {"space_id": spaces.pop()} if len(spaces) == 1 else {}


# -- the first proposal


def _see(file: "Path") -> list["Proposal"]:
    from clickup_mlops.features.shadow import operations
    from clickup_mlops.features.shadow.cli import _present
    from clickup_mlops.ports.cli import options

    with options.open_bot(file, "create") as bot:
        proposals = operations.refresh(bot)
    click.echo()
    _present.show(proposals, _SHOWN)
    return proposals


def _post(file: "Path") -> None:
    from clickup_mlops.features.shadow import operations
    from clickup_mlops.ports.cli import options

    with options.open_bot(file, "create") as bot:
        place = operations.post(bot)
    click.echo(f"The proposal is in {place}: people answer there.")


def _next_steps(request: GuideRequest, proposals: Sequence["Proposal"], channel: str) -> None:
    option = "" if request.file.name == "config.toml" else f" --config {request.file}"
    name = program()
    click.echo(f"\nWrote {request.file} (readable by you only).")
    daily = "and brings the proposal up to date" if channel else "and decides about each change"
    click.echo(f"Next:  {name} serve{option}     follows the Lists {daily}")
    click.echo(f"Then:  {name} live LIST{option}  lets the bot write in a List, when people agree")
    if proposals:
        click.echo(f"Why:   {name} shadow show{option}")
    click.echo(f"\n{_FIELDS}")
