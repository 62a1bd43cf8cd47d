"""`idle`: rules that are switched off, or lack what they need."""

from collections.abc import Iterator

from clickup_mlops.automations.lint.model import Check, Remark, Subject

NAME = "idle"


def look(subject: Subject) -> Iterator[Remark]:
    """Rules that are off are not looked at by any other check."""
    for rule in subject.rules:
        if rule.mode == "off":
            hint = f'Switch it on: [automations.rules.{rule.name}] with mode = "on".'
            yield Remark(NAME, "note", (rule.name,), "is off", hint)
        elif rule.lacks:
            text = f"leaves out what needs the unset {', '.join(rule.lacks)}"
            hint = f"Set it in [automations.rules.{rule.name}.settings]."
            yield Remark(NAME, "warning", (rule.name,), text, hint)


CHECK = Check("Rules that are off, and settings that they lack.", look)
