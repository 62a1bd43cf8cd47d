"""Delete what is older than `[retention]` says. `serve` does the same once a day.

Exit codes of --dry-run: 0 nothing is old enough, 2 something is.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _clock, _options, _out


@click.command(help=__doc__)
@_options.config
@_options.as_json
@click.option("--dry-run", is_flag=True, help="Only count.")
def command(config: Path | None, as_json: bool, dry_run: bool) -> int:
    now = _clock.now_ms()
    before = _options.settings(config).retention.before(now)
    with _options.open_store(config) as store:
        retention = store.retention
        found = retention.count(before) if dry_run else retention.prune(before, now)
    if as_json:
        _out.json_value({"counted" if dry_run else "deleted": found})
    else:
        rows = [(kind, _out.when(before[kind]), count) for kind, count in found.items()]
        _out.table(("kind", "older than", "would go" if dry_run else "deleted"), rows)
    return 2 if dry_run and any(found.values()) else 0
