"""The scene `migration`: a seeded Monday.com account moves into ClickUp, and is compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from clickup_mlops import sandbox
from clickup_mlops.bot import app
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.features.migration.operations import draft, provision, verify
from clickup_mlops.features.migration.operations import plan as planning
from clickup_mlops.features.migration.operations import run as running_it
from clickup_mlops.features.migration.run.model import Options
from clickup_mlops.features.migration.source import Selection
from clickup_mlops.features.migration.verify.verify import Options as Comparison
from clickup_mlops.features.provisioning.operations import apply as applying
from clickup_mlops.features.provisioning.operations.callbacks import Callbacks
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.ports.cli.program import program
from clickup_mlops.ports.demo.environment import PLAN
from clickup_mlops.ports.demo.model import Say
from clickup_mlops.sandbox import Sandbox, monday
from clickup_mlops.sandbox.monday import MondaySandbox
from clickup_mlops.spelling import format_count
from clickup_mlops.store.settings import StoreSettings

SEED = "ai_ml"
PEOPLE = "inference_lab"
"""Seeds of both sandboxes: the same people."""
MAPPING = "team.toml"
_COLOUR = "#87909e"


@dataclass(frozen=True, slots=True)
class World:
    """Both tools, the bot between them, and the folder with its database and the mapping."""

    monday: MondaySandbox
    clickup: Sandbox
    bot: Bot
    folder: Path


@dataclass(frozen=True, slots=True)
class Result:
    """What was planned and done, and what the comparison found."""

    boards: int
    by_hand: int
    lossy_values: int
    created: dict[str, int]
    failed: tuple[str, ...]
    calls: int
    monday_calls: int
    differences: int


@contextmanager
def running(port: int = 0) -> Iterator[World]:
    """Both sandboxes and a bot until the block ends. `port` is ClickUp's."""
    with (
        TemporaryDirectory(prefix="clickup-mlops-demo-") as name,
        # A demonstration should not sit out a rate limit, of neither side.
        monday.running(seed=SEED, complexity_per_minute=0) as source,
        sandbox.running(seed=PEOPLE, plan=PLAN, port=port, rate_limit=0) as clickup,
        app.build(_settings(source, clickup, Path(name))) as bot,
    ):
        yield World(source, clickup, bot, Path(name))


def _settings(source: MondaySandbox, clickup: Sandbox, folder: Path) -> Settings:
    # Not from file or environment: a demonstration must not reach a real workspace.
    return Settings.model_construct(
        clickup=ClickUpSettings(
            token=SecretStr(clickup.token), base_url=clickup.url, workspace_id=clickup.team_id
        ),
        store=StoreSettings(url=SecretStr(f"sqlite:///{folder / 'demo.db'}")),
    ).with_tables(MondaySettings(token=SecretStr(source.token), base_url=source.url))


def perform(world: World, say: Say) -> dict[str, object]:
    """The whole migration, as a person makes it with `clickup-mlops migrate`; its `Result`."""
    file = world.folder / MAPPING
    say(f"A local Monday.com runs at {world.monday.url}, a local ClickUp at {world.clickup.url}.")
    drafted = draft.draft(world.bot, draft.DraftRequest("monday", Selection(), file))
    file.write_text(drafted.text, encoding="utf-8")
    unmatched = ", ".join(person.name for person in drafted.draft.unmatched)
    say(
        f"\nmigrate draft: {format_count(len(drafted.boards), 'board')}. Nobody in ClickUp: "
        f"{unmatched}."
    )
    by_hand = _provision(world, file, say)
    planned = planning.plan(world.bot, file, _quiet)
    lossy = sum(board.losses for board in planned.survey.boards)
    say(
        f"\nmigrate plan: {format_count(planned.work, 'step')}, "
        f"{format_count(planned.cost.calls, 'call')}; "
        f"{format_count(lossy, 'value loses', 'values lose')} something, each with its reason."
    )
    moved = running_it.run(world.bot, file, Options())
    created = ", ".join(f"{count} × {kind}" for kind, count in moved.ran.done.items())
    say(f"\nmigrate run: {created}; {format_count(moved.ran.calls, 'call')}.")
    failed = tuple(str(failure) for failure in moved.ran.failed)
    for failure in failed:
        say(f"  - {failure}")
    verified = verify.verify(world.bot, file, Comparison(), _quiet)
    differences = len(verified.summary.differences)
    say(f"\nmigrate verify: both sides were read again: {format_count(differences, 'difference')}.")
    again = running_it.run(world.bot, file, Options())
    say(f"migrate run, once more: {format_count(again.ran.done.total(), 'step')} to do.")
    result = Result(
        boards=len(drafted.boards),
        by_hand=by_hand,
        lossy_values=lossy,
        created=dict(moved.ran.done),
        failed=failed,
        calls=moved.ran.calls,
        monday_calls=moved.fetched.calls,
        differences=differences,
    )
    return asdict(result)


def next_steps(world: World) -> str:
    """What to try in another terminal while both sides run."""
    clickup, source = world.clickup, world.monday
    names = {
        "CLICKUP__BASE_URL": clickup.url,
        "CLICKUP__TOKEN": clickup.token,
        "MONDAY__BASE_URL": source.url,
        "MONDAY__TOKEN": source.token,
        "STORE__URL": f"sqlite:///{world.folder / 'demo.db'}",
    }
    exports = "\n".join(f"  export CLICKUP_MLOPS_{name}={value}" for name, value in names.items())
    return (
        f"\nThe tasks are at {clickup.url}. In another terminal:\n{exports}\n"
        f"  export MAPPING={world.folder / MAPPING}\n"
        f'  {program()} migrate verify "$MAPPING"\nCtrl-C ends it.'
    )


def _provision(world: World, file: Path, say: Say) -> int:
    """What the API can create, and by hand what it cannot; how many that were."""
    request = provision.request(provision.load(world.bot, file))
    applied = applying.apply(world.bot, request, Callbacks())
    manual = [step for step in applied.plan.work if step.operation == "manual"]
    _by_hand(world, manual)
    say(
        f"\nmigrate provision: {len(applied.applied.done)} Spaces, Lists and so on created. "
        f"ClickUp's API creates no fields and no statuses: {len(manual)} are made by hand."
    )
    _check(world, request)
    return len(manual)


def _by_hand(world: World, manual: list[Step]) -> None:
    """As a person does in ClickUp's settings."""
    hand = world.clickup.control.ui_actions
    statuses: dict[str, list[dict[str, str]]] = {}
    for step in manual:
        place, attributes = step.path[-2][1], step.want.attributes
        if step.want.kind == "field":
            options = attributes.get("options", ())
            config = {"currency_type": attributes["currency"]} if "currency" in attributes else None
            hand.create_field(place, step.want.name, attributes["type"], options, config)
        elif step.want.kind == "status":
            status = {"status": step.want.name, "type": attributes["type"], "color": _COLOUR}
            statuses.setdefault(place, []).append(status)
    for place, status_list in statuses.items():
        hand.set_statuses(place, status_list)


def _check(world: World, request: Request) -> None:
    """Nothing may be left, or the scene is wrong."""
    from clickup_mlops.features.provisioning.operations.plan import plan

    remaining = [step.path for step in plan(world.bot, request).work]
    assert not remaining, remaining  # noqa: S101 - a scene of our own


def _quiet(_kind: str, _count: int) -> None:
    """Nobody waits for long enough."""
