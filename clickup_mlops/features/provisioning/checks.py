"""Whether templates, and what they have brought to Spaces, can be used."""

from typing import Final

from clickup_mlops import content
from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import ClickUpMlopsError, ConfigError
from clickup_mlops.features.provisioning.settings import ProvisionSettings
from clickup_mlops.operations.findings import Check, Note
from clickup_mlops.routing.layers import compute_effective
from clickup_mlops.spelling import format_count


def _check_policies(bot: Bot) -> str:
    """Of plans, and of Spaces: the configuration may have changed since a template was applied."""
    if of_plans := bot.settings.table(ProvisionSettings).policies:
        from clickup_mlops.features.provisioning.operations import plan_policies

        plan_policies.compiled(of_plans)
    policies = bot.store.space_policies.all()
    held = [compute_effective(bot.settings.routing, [policy]) for policy in policies]
    if misfits := [policy.source for policy in held if not policy.fits]:
        raise Note(
            "\n".join(misfits),
            hint="Change [routing] in the configuration, or the template and `provision upgrade`.",
        )
    enabled = ", ".join(_enabled_in_spaces(bot)) if policies else ""
    more = f"; enabled there: {enabled}" if enabled else ""
    return f"{format_count(len(policies), 'template')} with a policy for their Space{more}"


def _enabled_in_spaces(bot: Bot) -> list[str]:
    try:
        return [automation.name for automation in bot.context.in_spaces if automation.spaces]
    except ClickUpMlopsError:
        return []  # the check of the automations has the reason


def _check_templates(_bot: Bot) -> str:
    from clickup_mlops.features.provisioning.template import load as templates

    folder = content.find_folder("templates", None)
    names = templates.names(folder)
    problems = []
    for name in names:
        try:
            templates.load(folder, name)
        except ClickUpMlopsError as problem:
            problems.append(f"{problem}")
    if problems:
        raise ConfigError("\n".join(problems), hint="`clickup-mlops provision schema` for editors.")
    return f"{len(names)} from {folder}"


CHECKS: Final = (
    Check("policies", ("store",), _check_policies),
    Check("templates", (), _check_templates, only_diagnosis=True),
)
