"""What the commands share: which template, with which parameters, for which workspace."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.provision.apply.journal import Journal
    from clickup_mlops.provision.apply.session import Session
    from clickup_mlops.provision.plan.model import Plan
    from clickup_mlops.provision.template.model import Template
    from clickup_mlops.provision.tree import Tree

Decorated = Callable[..., Any]


@dataclass(frozen=True)
class Request:
    """A template as the command line asks for it."""

    name: str
    given: tuple[str, ...]
    instance: str | None
    folder: Path | None
    experimental: bool
    ask_again: bool = False

    def template(self, automations: Path) -> "Template":
        """Checked, with its parameters; `automations` is the folder with the bot's own."""
        from clickup_mlops import content
        from clickup_mlops.provision.template import load, parameters

        return load.load(
            content.folder("templates", self.folder),
            self.name,
            parameters.given(self.given),
            instance=self.instance,
            automations=[path.stem for path in content.files(automations)],
        )

    def want(self, automations: Path) -> "Tree":
        """What it wants."""
        from clickup_mlops.provision.template import desired

        return desired.tree(self.template(automations))

    def plan(self, bot: "Bot", want: "Tree") -> "Plan":
        """What is to be done to the bot's workspace. Reads only."""
        from clickup_mlops import content
        from clickup_mlops.provision.plan import create, policies

        file = content.folder("templates", self.folder) / f"{self.name}.toml"
        policies.check(want, bot.settings.routing, file)
        known = journal(bot).known()
        return create.make(
            bot.client,
            bot.workspace_id,
            want,
            replace(known, refused={}) if self.ask_again else known,
            template=self.name,
            experimental=self.experimental,
            policies=bot.store.space_policies.of,
        )


def template_folder(function: Decorated) -> Decorated:
    """Add `--templates FOLDER`, passed as `folder: Path | None`."""
    return click.option(
        "--templates",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder with the templates. Default: those that came with the installation.",
    )(function)


def options(function: Decorated) -> Decorated:
    """Add TEMPLATE and its options, passed together as `request: Request`."""

    def bundled(
        *,
        name: str,
        given: tuple[str, ...],
        instance: str | None,
        folder: Path | None,
        experimental: bool,
        ask_again: bool,
        **others: Any,
    ) -> Any:
        request = Request(name, given, instance, folder, experimental, ask_again)
        return function(request=request, **others)

    decorated: Decorated = bundled
    # click shows a command's options in the order in which the function carries them.
    decorated.__dict__.update(function.__dict__)
    for add in (
        click.option(
            "--ask-again",
            is_flag=True,
            help="Try it also for fields that ClickUp refused before.",
        ),
        click.option(
            "--experimental-field-create",
            "experimental",
            is_flag=True,
            help="Try ClickUp's undocumented call for custom fields. It cannot be undone by API.",
        ),
        template_folder,
        click.option("--as", "instance", metavar="NAME", help="Name of the space."),
        click.option(
            "--set", "given", multiple=True, metavar="NAME=VALUE", help="A parameter's value."
        ),
        click.argument("name", metavar="TEMPLATE"),
    ):
        decorated = add(decorated)
    return decorated


def automations(bot: "Bot") -> Path:
    """The folder with the automations that a template may enable."""
    from clickup_mlops import content

    return content.folder("automations", bot.settings.automations.folder)


def journal(bot: "Bot") -> "Journal":
    """What was provisioned in the bot's workspace so far."""
    from clickup_mlops.provision.apply.journal import Journal

    return Journal(bot.store.provisions, bot.workspace_id, bot.now_ms)


def site(bot: "Bot") -> "Session":
    """The bot's workspace, to be changed."""
    import time

    from clickup_mlops.provision.apply.session import Session

    policies = bot.store.space_policies
    return Session(bot.client, bot.workspace_id, bot.now_ms, time.sleep, policies)


def per_minute(bot: "Bot") -> int:
    """The token's limit as ClickUp's answers told it."""
    from clickup_mlops.provision.plan import cost

    return bot.governor.budget().limit or cost.SLOWEST
