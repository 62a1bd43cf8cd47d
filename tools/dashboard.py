"""The Grafana dashboard as a list of panels; `tools/generate.py` writes it to deploy/grafana/."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SHORT = {"~": "clickup_mlops_", "@": "[$__rate_interval]", "%": "[$__interval]"}
WIDTH = 24
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


@dataclass(frozen=True)
class Panel:
    """One panel: queries by legend, abbreviated as in `SHORT`."""

    title: str
    queries: dict[str, str]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 8
    height: int = 7
    limits: tuple[float, ...] = ()
    """Where green becomes orange, and orange red."""
    meaning: str = ""


def _p95(histogram: str, label: str) -> str:
    return f"histogram_quantile(0.95, sum by (le, {label}) (rate(~{histogram}_bucket@)))"


ROWS: dict[str, list[Panel]] = {
    "Overview": [
        Panel("Lag", {"": "max(~inbox_oldest_seconds)"}, "s", "stat", 4, 4, (60, 300)),
        Panel("Parked", {"": 'max(~inbox_rows{state="parked"})'}, "short", "stat", 4, 4, (1, 10)),
        Panel(
            "Webhooks", {"{{webhook}}": "min by (webhook) (~hook_healthy)"}, "bool", "stat", 4, 4
        ),
        Panel("Calls left", {"{{token}}": "min by (token) (~budget_left)"}, "short", "stat", 4, 4),
        Panel(
            "429 answers per hour",
            {"": "sum(increase(~rate_limited_total[1h]))"},
            "short",
            "stat",
            4,
            4,
            (1, 10),
        ),
        Panel(
            "Version",
            {"{{version}}, {{engine}}": "count by (version, engine) (~build_info)"},
            "short",
            "stat",
            4,
            4,
        ),
    ],
    "Events": [
        Panel(
            "Deliveries per second",
            {"{{result}}": "sum by (result) (rate(~events_total@))"},
        ),
        Panel(
            "Refused",
            {"{{reason}}": "sum by (reason) (increase(~events_refused_total%))"},
            meaning="Bad signatures: another sender, or a proxy that changes bodies.",
        ),
        Panel("Inbox", {"{{state}}": "max by (state) (~inbox_rows)"}),
        Panel("Age of the oldest event", {"lag": "max(~inbox_oldest_seconds)"}, "s"),
        Panel(
            "Events by result",
            {"{{result}}": "sum by (result) (rate(~events_handled_total@))"},
        ),
        Panel(
            "Latency from event to write",
            {
                f"p{share}": f"histogram_quantile(0.{share}, sum by (le) "
                "(rate(~event_to_write_seconds_bucket@)))"
                for share in (50, 95, 99)
            },
            "s",
        ),
    ],
    "Decisions": [
        Panel(
            "Decisions by workload",
            {"{{workload}}": "sum by (workload) (increase(~decisions_total%))"},
        ),
        Panel(
            "Decisions by priority",
            {"{{priority}}": "sum by (priority) (increase(~decisions_total%))"},
        ),
        Panel(
            "Decided by",
            {"{{decided_by}}": "topk(10, sum by (decided_by) (increase(~decisions_total%)))"},
        ),
        Panel(
            "Abstentions and overrides",
            {
                "abstentions": "sum(increase(~abstentions_total%))",
                "overrides": "sum(increase(~overrides_total%))",
                "overrides held": "max(~overrides_held)",
            },
        ),
        Panel(
            "Actions by automation",
            {"{{automation}}": 'sum by (automation) (increase(~actions_total{state="done"}%))'},
        ),
        Panel(
            "Actions by state",
            {"{{state}}": "sum by (state) (increase(~actions_total%))"},
        ),
        Panel(
            "Automation runs",
            {
                "{{automation}} {{result}}": "sum by (automation, result) "
                "(increase(~automation_runs_total%))"
            },
            meaning="`clickup-mlops automations runs --failed` shows the reasons.",
        ),
    ],
    "ClickUp": [
        Panel(
            "Rate budget",
            {
                "left {{token}}": "min by (token) (~budget_left)",
                "limit {{token}}": "max by (token) (~budget_limit)",
            },
        ),
        Panel("Pause after a 429", {"{{token}}": "max by (token) (~budget_paused_seconds)"}, "s"),
        Panel(
            "Wait for the budget, p95",
            {"{{priority_class}}": _p95("budget_wait_seconds", "priority_class")},
            "s",
        ),
        Panel(
            "Calls per minute by endpoint",
            {"{{endpoint}}": "topk(10, 60 * sum by (endpoint) (rate(~calls_total@)))"},
        ),
        Panel(
            "Calls per minute by status",
            {"{{status}}": "60 * sum by (status) (rate(~calls_total@))"},
        ),
        Panel(
            "Call duration, p95",
            {"{{kind}}": _p95("call_seconds", "kind")},
            "s",
        ),
        Panel("Webhook health", {"{{webhook}}": "min by (webhook) (~hook_healthy)"}, "bool"),
        Panel(
            "Failed deliveries",
            {"{{webhook}}": "max by (webhook) (~hook_failures)"},
            meaning="ClickUp suspends the webhook at 100.",
        ),
        Panel("Webhook repairs", {"repairs": "sum(increase(~hook_repairs_total%))"}),
        Panel(
            "Outgoing webhooks",
            {
                "{{target}} {{result}}": "sum by (target, result) "
                "(increase(~outgoing_webhooks_total%))"
            },
        ),
    ],
    "Process": [
        Panel(
            "Time since last job success",
            {"{{cron}}": "time() - max by (cron) (~job_success_timestamp_seconds)"},
            "s",
        ),
        Panel(
            "Failed jobs",
            {"{{cron}}": "sum by (cron) (increase(~job_failures_total%))"},
        ),
        Panel(
            "Running parts",
            {
                "{{part}} {{instance}}": "~part_runs",
                "store {{instance}}": "~store_up",
                "paused {{instance}}": "~paused",
            },
        ),
        Panel("Free disk", {"{{instance}}": "~store_disk_free_bytes"}, "bytes"),
    ],
}


def text() -> str:
    """The dashboard as Grafana imports it."""
    dashboard = {
        "title": "clickup-mlops",
        "uid": "clickup-mlops",
        "tags": ["clickup-mlops"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [
                {
                    "name": "datasource",
                    "type": "datasource",
                    "query": "prometheus",
                    "label": "Source",
                }
            ]
        },
        "panels": list(_panels()),
    }
    return json.dumps(dashboard, indent=1, ensure_ascii=False) + "\n"


def _panels() -> Iterator[dict[str, Any]]:
    number = top = 0
    for title, panels in ROWS.items():
        number += 1
        yield {
            "id": number,
            "type": "row",
            "title": title,
            "collapsed": False,
            "gridPos": {"x": 0, "y": top, "w": WIDTH, "h": 1},
            "panels": [],
        }
        remainder, top = 0, top + 1
        for panel in panels:
            if remainder + panel.width > WIDTH:
                remainder, top = 0, top + panels[0].height
            number += 1
            yield _panel(panel, number, remainder, top)
            remainder += panel.width
        top += panels[0].height


def _panel(panel: Panel, number: int, remainder: int, top: int) -> dict[str, Any]:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.meaning,
        "datasource": SOURCE,
        "gridPos": {"x": remainder, "y": top, "w": panel.width, "h": panel.height},
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "min": 0, "thresholds": _thresholds(panel)},
            "overrides": [],
        },
        "targets": [
            {
                "refId": chr(ord("A") + at),
                "datasource": SOURCE,
                "expr": re.sub("[~@%]", lambda short: SHORT[short[0]], query),
                "legendFormat": legend or "__auto",
            }
            for at, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def _thresholds(panel: Panel) -> dict[str, Any]:
    colours = ("orange", "red")
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    steps += [{"color": c, "value": v} for c, v in zip(colours, panel.limits, strict=False)]
    return {"mode": "absolute", "steps": steps}
