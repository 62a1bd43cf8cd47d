"""`shadowed`: whatever an automation does, another one does already."""

from collections.abc import Iterator

from clickup_mlops.automations.lint.model import Actions, Check, Remark, Sample, Subject
from clickup_mlops.automations.model import Automation

NAME = "shadowed"


def look(subject: Subject) -> Iterator[Remark]:
    """Each pair once, with the first situation in which the second adds nothing."""
    for first, second in subject.pairs:
        for above, below in ((second, first), (first, second)):
            sample = _covered(subject, above, below)
            if sample is not None:
                text = f"all that {below.name} does, {above.name} does already"
                hint = f"Remove {below.name}, or make the condition of {above.name} narrower."
                yield Remark(NAME, "warning", (above.name, below.name), text, hint, sample.name)
                break


def _covered(subject: Subject, above: Automation, below: Automation) -> Sample | None:
    """A situation in which both do the same; None if there is one in which they do not."""
    narrower = above.until and not below.until
    if narrower or above.name not in subject.writing or not below.on <= above.on:
        return None
    shadowing = None
    for sample, first, second in subject.both(above, below):
        if not _wants(second) <= _wants(first):
            return None
        shadowing = shadowing or (sample if second else None)
    return shadowing


def _wants(actions: Actions) -> set[tuple[str, str, str]]:
    return {(action.task_id, action.change.kind, repr(action.change.after)) for action in actions}


CHECK = Check("Automations that do nothing that another does not do already.", look)
