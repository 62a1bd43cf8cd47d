"""What the findings suggest, as files that other commands take: parameters of templates, choices
about automations, sources of metrics. Each line stands below the finding behind it. Pure.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final

from clickup_mlops import toml
from clickup_mlops.features.discovery.conclude import Conclusions
from clickup_mlops.features.discovery.model import Finding, Trace
from clickup_mlops.features.discovery.tools import Tool
from clickup_mlops.spelling import format_count

TEMPLATES: Final = {
    "inference": ("realtime_inference", "service"),
    "training": ("distributed_training", "project"),
    "data": ("data_pipeline", "domain"),
    "infra": ("infra_change_board", "cluster"),
}
"""By workload: the template, and its parameter that takes the name of the place."""
_LANGUAGE_MODELS: Final = ("llm_serving", "endpoint")
_ENGINES: Final = frozenset({"vllm", "sglang", "tgi"})
_SERVING: Final = frozenset({"vllm", "sglang", "tgi", "triton", "ray_serve", "bentoml", "kserve"})
_BINDINGS: Final = (("P99 latency ms", "latency_p99_ms"), ("Requests per s", "requests_per_s"))
_BARE: Final = frozenset({"mlflow", "wandb", "command", "file", "openmetrics", "prometheus"})
"""Sources that need more than an address: people write them."""
_LONGEST: Final = 40
_LEAST_SHARE: Final = 0.25
"""Of the work of a place, for which there is a template."""
_SOURCES, _INTEGRATIONS = "metrics.sources.", "integrations."
MAPPING: Final = "mapping.toml"


def write(conclusions: Conclusions, traces: Sequence[Trace]) -> dict[str, str]:
    """The texts of the files by their path in the folder."""
    files = dict(_parameters(conclusions, traces))
    files["automations.toml"] = _automations(conclusions)
    files["metrics.toml"] = _metrics(conclusions.tools)
    return files


def template_of(place: str, traces: Sequence[Trace]) -> tuple[str, str] | None:
    """The template for the commonest work of a place that has one, and its parameter for the name.
    None: hardly any of the work there has.
    """
    there = [trace for trace in traces if trace.place == place]
    counts = Counter(trace.workload for trace in there if trace.workload in TEMPLATES)
    workload, count = max(counts.items(), key=itemgetter(1), default=("", 0))
    if count < _LEAST_SHARE * len(there) or not count:
        return None
    words = {word for trace in there for host in trace.hosts for word in host.split(".")}
    is_engine = workload == "inference" and bool(words & _ENGINES)
    return _LANGUAGE_MODELS if is_engine else TEMPLATES[workload]


def commands(files: Mapping[str, str]) -> list[str]:
    """How the other commands take them; run in the folder of the proposal."""
    lines = [
        f"clickup-mlops provision plan {_template(path)} --parameters {path}"
        for path in sorted(files)
        if path.startswith("provision/")
    ]
    return [*lines, *([f"clickup-mlops migrate plan {MAPPING}"] if MAPPING in files else [])]


def _parameters(conclusions: Conclusions, traces: Sequence[Trace]) -> Iterator[tuple[str, str]]:
    by_place: dict[str, list[Finding]] = {}
    for finding in conclusions.findings:
        by_place.setdefault(finding.place, []).append(finding)
    for number, (place, findings) in enumerate(by_place.items(), start=1):
        if (template := template_of(place, traces)) is not None:
            name, parameter = template
            value = toml.format_value(" ".join(place.split())[:_LONGEST].strip())
            path = f"provision/{number:02}.{name}.toml"
            head = f"# clickup-mlops provision plan {name} --parameters {path}\n"
            yield path, f"{head}\n{_because(findings)}{parameter} = {value}\n"


def _template(path: str) -> str:
    return path.split(".")[1]


def _because(findings: Sequence[Finding]) -> str:
    return "".join(f"# {_comment(finding.key)}: {_comment(finding.says)}\n" for finding in findings)


def _comment(text: str) -> str:
    """On one line, whatever people call their places."""
    return " ".join(text.split())


def _automations(conclusions: Conclusions) -> str:
    """Each in shadow mode: it explains what it would do, until somebody switches it on."""
    because: dict[str, list[Finding]] = {}
    for finding in conclusions.findings:
        for name in conclusions.titles[finding.kind].automations:
            because.setdefault(name, []).append(finding)
    blocks = [
        f'{_because(findings)}[automations.by_name.{name}]\nmode = "shadow"\n'
        for name, findings in sorted(because.items())
    ]
    head = "# Add to the settings file: automations that answer what was found.\n"
    return "\n".join([head, *blocks])


def _metrics(tools: Sequence[Tool]) -> str:
    head = (
        "# Add to the settings file: sources of numbers that people link to. Check each address:\n"
        "# links lead to pages, numbers may be elsewhere. `clickup-mlops metrics suggest` then\n"
        "# proposes further bindings.\n"
    )
    return "\n".join([head, *_sources(tools)])


def _sources(tools: Sequence[Tool]) -> Iterator[str]:
    kinds: set[str] = set()
    for tool in tools:
        why = f"# tool map: {tool.host}, in {format_count(tool.tasks, 'task')}\n"
        for kind in _kinds(tool, _SOURCES):
            if kind in _BARE:
                yield f"{why}# [{_SOURCES}{kind}] needs more than an address: help sources\n"
            elif kind not in kinds:
                kinds.add(kind)
                url = toml.format_value(f"http://{tool.host}/metrics")
                yield f'{why}[{_SOURCES}{kind}]\nkind = "{kind}"\nurl = {url}\n'
                yield from (_binding(why, kind, *pair) for pair in _BINDINGS if kind in _SERVING)
        for kind in _kinds(tool, _INTEGRATIONS):
            yield f"{why}# [{_INTEGRATIONS}{kind}] takes its reports: help integrations\n"


def _binding(why: str, source: str, field: str, measure: str) -> str:
    table = toml.dumps({"field": field, "source": source, "measure": measure})
    return f"{why}[[metrics.bindings]]\n{table}"


def _kinds(tool: Tool, prefix: str) -> list[str]:
    return [part.removeprefix(prefix) for part in tool.joined_by if part.startswith(prefix)]
