"""`clickup-sandbox`: runs the sandbox until it is interrupted."""

import argparse
import json
import sys

from clickup_mlops import endings
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.sandbox import Sandbox, serve


def main() -> int:
    """Run it; 0 after Ctrl-C, 1 after an error."""
    arguments = vars(_build_parser().parse_args())
    as_json = arguments.pop("json")
    endings.clean_up_first()
    try:
        serve(on_start=lambda sandbox: _show(sandbox, as_json), **arguments)
    except ClickUpMlopsError as problem:
        sys.stderr.write(f"Error: {problem}\n{problem.hint}\n")
        return 1
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("clickup-sandbox", description="A local ClickUp.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--allow-remote", action="store_true", help="other machines may reach it")
    parser.add_argument("--port", type=int, default=8100, help="0: any free one")
    seeds = "small, demo, plain, inference_lab, or a TOML file; repeat it for several Workspaces"
    parser.add_argument("--seed", action="append", help=seeds)
    parser.add_argument("--plan", default="Unlimited", help="ClickUp plan to imitate")
    parser.add_argument("--rate-limit", type=int, help="calls per minute; 0: no limit")
    parser.add_argument("--state-file", help="keep the state in this file")
    parser.add_argument("--strict", action="store_true", help="refuse keys that nobody documents")
    parser.add_argument("--intercept", action="store_true", help="answer for api.clickup.com")
    parser.add_argument("--json", action="store_true", help="print address and token as JSON")
    return parser


def _show(sandbox: Sandbox, as_json: bool) -> None:
    facts = {"url": sandbox.url, "token": sandbox.token, "workspace_id": sandbox.team_id}
    if sandbox.interception:
        facts |= sandbox.interception.environ
    lines = [json.dumps(facts)] if as_json else [f"{name}: {text}" for name, text in facts.items()]
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
