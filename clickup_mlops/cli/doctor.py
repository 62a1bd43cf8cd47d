"""Diagnose an installed bot: token, role, limits, clocks, address, webhook, store, disk, jobs.

Each finding comes with a fix. Changes nothing. Exit codes: 0 no findings, 1 there is a problem,
2 there are only notes.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _options, _out

if TYPE_CHECKING:
    from clickup_mlops.operations.findings import Finding

STATES = {"ok": "ok", "note": "note", "problem": "FAIL", "skipped": "skip"}


@click.command(help=__doc__)
@_options.config
@_options.as_json
def command(config: Path | None, as_json: bool) -> int:
    bot = _options.open_bot(config, "temporary", longest_pause_s=0.5)
    from clickup_mlops.operations.doctor import diagnose

    with bot:
        findings = list(diagnose(bot, config))
    if as_json:
        _out.json_value({"checks": [asdict(one) for one in findings], "exit_code": _code(findings)})
    else:
        rows = [(STATES[one.state], one.check, one.text, one.hint) for one in findings]
        _out.table(("", "check", "found", "fix"), rows)
    return _code(findings)


def _code(findings: "list[Finding]") -> int:
    states = {one.state for one in findings}
    return 1 if "problem" in states else 2 if "note" in states else 0
