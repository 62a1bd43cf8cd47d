"""Why each run stands where it stands, in a sentence."""

from collections.abc import Iterator, Sequence

from clickup_mlops.features.schedule.plan.model import HOUR_MS, Rules, Run, Window
from clickup_mlops.features.schedule.plan.orders import is_starved
from clickup_mlops.features.schedule.plan.places import Places


def explain(
    runs: Sequence[Run], places: Places, rules: Rules, now_ms: int
) -> Iterator[tuple[Run, str]]:
    """Each run that has a window, with the reason."""
    names = {run.id: run.name for run in runs}
    for run in runs:
        if run.id in places.windows:
            yield run, _why(run, places, rules, now_ms, names)


def _why(run: Run, places: Places, rules: Rules, now_ms: int, names: dict[str, str]) -> str:
    if run.state == "running":
        return "It runs."
    if run.state == "pinned":
        return "A person has placed it."
    window = places.windows[run.id]
    if places.is_peak(window.start_ms):
        return "In the peak hours of inference: off the peak it would miss its deadline."
    parts = [_waits_for(run, places, rules, now_ms, names)]
    if is_starved(run, rules, now_ms):
        days = (now_ms - run.queued_ms) / (24 * HOUR_MS)
        parts.append(f"It has waited for {days:.2g} days and comes before all others.")
    return " ".join(parts)


def _waits_for(run: Run, places: Places, rules: Rules, now_ms: int, names: dict[str, str]) -> str:
    """What keeps it from starting one step earlier."""
    window = places.windows[run.id]
    if window.start_ms - rules.step_ms < now_ms:
        return "It can start at once."
    earlier = Window(window.start_ms - rules.step_ms, window.end_ms - rules.step_ms)
    before = [
        names[before]
        for before in run.after
        if before in places.windows and places.windows[before].end_ms > earlier.start_ms
    ]
    if before:
        return f"It waits for {', '.join(before)}."
    if places.is_peak(earlier.start_ms):
        return "It starts when the peak hours of inference end."
    places.release(run)
    scarce = places.scarce(run, earlier)
    places.take(run, window)
    if scarce == "quota":
        return f"Before, project {run.project} uses its quota of {rules.quotas[run.project]} GPUs."
    if scarce == "pool":
        return f"Before, {run.gpus} GPUs of pool {run.pool} are not free for that long."
    return "It keeps its window: an earlier start would gain little."
