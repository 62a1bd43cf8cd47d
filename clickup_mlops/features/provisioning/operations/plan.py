"""Plan: what applying a template would do. Reads only."""

import json
from dataclasses import replace

from clickup_mlops import content
from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.operations import plan_policies, workspace
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.plan import create, policies
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.settings import ProvisionSettings
from clickup_mlops.spelling import format_count
from clickup_mlops.store.database.opening import parse_url


def plan(bot: Bot, request: Request) -> Plan:
    """What is to be done to the bot's workspace.

    Raises:
        ContentError: the template cannot be used; InputError: a parameter cannot.
        ConfigError: a policy of `[[provision.policies]]` cannot.
        ApiError: ClickUp cannot be read.
    """
    desired = request.desired(workspace.automations(bot))
    file = content.find_folder("templates", request.folder) / f"{request.name}.toml"
    policies.check(desired.tree, bot.settings.routing, file)
    remembered = workspace.journal(bot).known()
    created = create.make(
        bot.client,
        bot.workspace_id,
        desired.tree,
        replace(remembered, refused={}) if request.retry else remembered,
        template=request.name,
        experimental=request.experimental,
        policies=bot.store.space_policies.of,
    )
    policy_problems = plan_policies.problems(
        created, bot.settings.table(ProvisionSettings).policies
    )
    return replace(
        created, problems=(*created.problems, *policy_problems), instance=desired.instance.values
    )


def unknown_store(bot: Bot, plan: Plan) -> str:
    """What to say before anything is written, if the store knows nothing of objects that are there:
    perhaps another one manages them. "" otherwise.
    """
    existing = sum(step.have is not None for step in plan.steps)
    if not existing or workspace.journal(bot).remembered():
        return ""
    # As configured: a plan without a database has an empty one for as long as it takes.
    where = parse_url(bot.settings.store.url.get_secret_value()).render_as_string(
        hide_password=True
    )
    return (
        f"The store {where} knows nothing of this Workspace, but "
        f"{format_count(existing, 'object of the template is', 'objects of the template are')} "
        "there. "
        "If they were provisioned from another store, use that one (`--config FILE`): "
        "with this one, renamed objects are created again, and half-made ones count as complete."
    )


def dumps(plan: Plan) -> str:
    """A plan as text, to be applied later."""
    return json.dumps(plan.to_dict(), ensure_ascii=False)


def loads(text: str, name: str) -> Plan:
    """The plan that `dumps` wrote; `name` says where the text is from.

    Raises:
        InputError: it is not a plan.
    """
    try:
        return Plan.from_dict(json.loads(text))
    except (ValueError, KeyError, TypeError) as problem:
        hint = "`provision plan TEMPLATE --out FILE` writes one."
        raise InputError(f"{name} is not a plan", hint=hint) from problem
