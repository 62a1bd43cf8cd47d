"""`idle`: automations that are switched off, or lack what they need."""

from collections.abc import Iterator

from clickup_mlops.automations.lint.model import Check, Remark, Subject

NAME = "idle"


def look(subject: Subject) -> Iterator[Remark]:
    """Automations that are off are not looked at by any other check."""
    for automation in subject.automations:
        if automation.is_off:
            hint = f'Enable it: [automations.by_name.{automation.name}] with mode = "on".'
            yield Remark(NAME, "note", (automation.name,), "is off", hint)
        elif automation.lacks:
            text = f"leaves out what needs the unset {', '.join(automation.lacks)}"
            hint = f"Set it in [automations.by_name.{automation.name}.settings]."
            yield Remark(NAME, "warning", (automation.name,), text, hint)


CHECK = Check("Automations that are off, and settings that they lack.", look)
