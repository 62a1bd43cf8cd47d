"""What keeps runs from being placed at all: one problem for each, and the others go on."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from clickup_mlops.features.schedule.plan.model import Problem, Rules, Run
from clickup_mlops.spelling import format_count, suggest_word


def sort_out(runs: Sequence[Run], rules: Rules) -> tuple[list[Run], list[Problem]]:
    """The runs that can be placed, and a problem for each other one.

    A run that waits for one that cannot be placed cannot be placed, either.
    """
    problems = {run.id: problem for run in runs if (problem := _problem(run, rules))}
    problems |= {run.id: _cycle(run, runs) for run in _circular(runs)}
    movable = {run.id for run in runs if run.state == "waiting"}
    while waiting := [
        run
        for run in runs
        if run.id in movable and run.id not in problems and set(run.after) & problems.keys()
    ]:
        problems |= {run.id: blocked(run, _names(run, runs, problems)) for run in waiting}
    placeable = [run for run in runs if run.id not in problems]
    return placeable, [*_empty_pools(problems, runs, rules), *_of_runs(problems, runs, rules)]


def _problem(run: Run, rules: Rules) -> Problem | None:
    pool = rules.pools.get(run.pool)
    if pool is None:
        similar = suggest_word(run.pool, rules.pools)
        return Problem(
            run.id, f'no pool is called "{run.pool}"{similar}', "Pools: [schedule.pools]."
        )
    if run.state != "waiting":
        return None
    quota = rules.quotas.get(run.project)
    if run.gpus > pool.gpus:
        return Problem(run.id, f"needs {run.gpus} GPUs: pool {pool.name} has {pool.gpus}")
    if quota is not None and run.gpus > quota:
        return Problem(run.id, f"needs {run.gpus} GPUs: project {run.project} may use {quota}")
    return None


def _circular(runs: Iterable[Run]) -> Iterator[Run]:
    """Runs that wait for themselves, by way of others."""
    waits = {run.id: set(run.after) for run in runs}
    waits = {run_id: before & waits.keys() for run_id, before in waits.items()}
    # Without all that wait for nothing, again and again; then without all that nothing waits for.
    for _ in range(2):
        while ends := {run_id for run_id, before in waits.items() if not before}:
            waits = {
                run_id: before - ends for run_id, before in waits.items() if run_id not in ends
            }
        waits = _reversed(waits)
    return (run for run in runs if run.id in waits)


def _reversed(waits: Mapping[str, set[str]]) -> dict[str, set[str]]:
    return {
        run_id: {dependent for dependent, before in waits.items() if run_id in before}
        for run_id in waits
    }


def _cycle(run: Run, runs: Iterable[Run]) -> Problem:
    names = {other.id: other.name for other in runs}
    text = ", ".join(f'"{names[before]}"' for before in run.after if before in names)
    return Problem(
        run.id, f"waits for {text}, which waits for it", "Remove one of these dependencies."
    )


def _names(run: Run, runs: Iterable[Run], problems: Container[str]) -> list[str]:
    names = {candidate.id: candidate.name for candidate in runs}
    return [names[before] for before in run.after if before in problems]


def blocked(run: Run, names: Iterable[str]) -> Problem:
    """It waits for runs with these names, which are not placed."""
    text = ", ".join(f'"{name}"' for name in names)
    return Problem(run.id, f"waits for {text}, which is not placed")


def _empty_pools(
    problems: Mapping[str, Problem], runs: Iterable[Run], rules: Rules
) -> Iterator[Problem]:
    """One for all runs of a pool without GPUs."""
    for pool in rules.pools.values():
        waiting = [run for run in runs if run.pool == pool.name and run.id in problems]
        if not pool.gpus and waiting:
            text = f"pool {pool.name} has no GPUs: {format_count(len(waiting), 'run')} not placed"
            yield Problem("", text, f"[schedule.pools.{pool.name}] gpus.")


def _of_runs(
    problems: Mapping[str, Problem], runs: Iterable[Run], rules: Rules
) -> Iterator[Problem]:
    for run in runs:
        pool = rules.pools.get(run.pool)
        if run.id in problems and (pool is None or pool.gpus):
            yield problems[run.id]
