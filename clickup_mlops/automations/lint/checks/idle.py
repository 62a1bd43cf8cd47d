"""`idle`: automations that are switched off, or lack what they need."""

from collections.abc import Iterator

from clickup_mlops.automations.lint.model import Check, Remark, Subject

NAME = "idle"


def look(subject: Subject) -> Iterator[Remark]:
    """Automations that are off are not looked at by any other check."""
    if off := tuple(
        idle_automation.name for idle_automation in subject.automations if idle_automation.is_off
    ):
        # One remark for all: most of those that are shipped are off.
        hint = f'Enable it: [automations.by_name.{off[0]}] with mode = "on".'
        if len(off) > 1:
            hint += " `automations list` shows all of them."
        yield Remark(NAME, "note", off, "is off" if len(off) == 1 else "are off", hint)
    for automation in subject.automations:
        if automation.lacks and not automation.is_off:
            text = f"leaves out what needs the unset {', '.join(automation.lacks)}"
            hint = f"Set it in [automations.by_name.{automation.name}.settings]."
            yield Remark(NAME, "warning", (automation.name,), text, hint)


CHECK = Check("Automations that are off, and settings that they lack.", look)
