"""`nvidia-smi -q -x`, where no exporter runs: of this machine, or XML files of others.

A file's name says the host, and its own `timestamp` when it was written: what is older than five
minutes is left out. Names of drivers from 450 on are known.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from clickup_mlops.automations.schedule import ZoneName
from clickup_mlops.features.metrics.derive.counters import increases
from clickup_mlops.features.metrics.derive.defined import defined, named
from clickup_mlops.features.metrics.derive.formulas import increase
from clickup_mlops.features.metrics.read.files import collect_files
from clickup_mlops.features.metrics.scrape import FRESH_MS, Sample, Scrape, Window, labels, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOT: Final = "<nvidia_smi_log>"
_ADDRESS: Final = re.compile(r"[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7]")
_GPU: Final = ("hostname", "gpu")
_PATHS: Final = {
    "gpu_utilisation_pct": ("utilization/gpu_util",),
    "memory_active_pct": ("utilization/memory_util",),
    "gpu_temperature_c": ("temperature/gpu_temp",),
    "gpu_power_w": tuple(
        f"{part}power_readings/{name}"
        for part in ("gpu_", "")
        for name in ("instant_power_draw", "power_draw", "average_power_draw")
    ),
    "replays": ("pci/replay_counter",),
}
"""Where each number is; of power each driver has another name."""


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "nvidia_smi"`."""

    command: tuple[str, ...] = ("nvidia-smi", "-q", "-x")
    """What prints the XML, unless there are files; no shell reads it."""
    files: tuple[str, ...] = ()
    """Files, or patterns such as `/shared/smi/*.xml`: `gpu-01.xml` is of the host `gpu-01`."""
    zone: ZoneName = "UTC"
    """Time zone of the machines that write the files: their `timestamp` has none."""


def parse(text: str, hostname: str, zone: str = "") -> Iterator[Sample]:
    """Of each GPU; without a zone the XML has just been printed.

    Source: nvidia-smi(1), and its `nvsmi_device_v12.dtd`.

    Raises:
        SourceError: it is no XML of nvidia-smi.
    """
    from xml.etree.ElementTree import ParseError, fromstring

    # A GPU that is lost is reported before the XML. Without the declarations before the root there
    # are no entities that could be expanded.
    report, root, body = text.partition(_ROOT)
    try:
        log = fromstring(root + body)  # noqa: S314
    except ParseError as problem:
        raise SourceError(f"no XML that nvidia-smi -q -x prints: {problem}") from problem
    at_ms = _written_ms(log, zone) if zone else 0
    for number, gpu in _number(log, report):
        key = labels(hostname=hostname, gpu=str(number))
        for name, value in _numbers(gpu):
            yield Sample(name, key, value, at_ms)
        for reason in gpu.iterfind("clocks_event_reasons_counters/*"):
            of_reason = key | labels(reason=reason.tag)
            for value in _values(gpu, f"clocks_event_reasons_counters/{reason.tag}"):
                yield Sample("throttled_us", of_reason, value, at_ms)


def _number(log: "Element", report: str) -> Iterator[tuple[int, "Element"]]:
    """The GPUs with their numbers, which nvidia-smi gives in the order of PCI addresses. A GPU that
    is lost is not in the XML, but keeps its number if the report before it names its address.
    """
    gpus = [*log.iter("gpu")]
    addresses = [_read_address(gpu.get("id", "")) for gpu in gpus]
    lost = {_read_address(text) for text in _ADDRESS.findall(report)}
    for position, (gpu, address) in enumerate(zip(gpus, addresses, strict=True)):
        yield position + sum(lost_address < address for lost_address in lost), gpu


def _read_address(text: str) -> tuple[int, ...]:
    """Domain, bus, device and function; empty: it is none."""
    is_address = _ADDRESS.fullmatch(text)
    return tuple(int(part, 16) for part in re.split("[:.]", text)) if is_address else ()


def _written_ms(log: "Element", zone: str) -> int:
    text = log.findtext("timestamp", "")
    try:
        time = datetime.strptime(text, "%a %b %d %H:%M:%S %Y").replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise SourceError(f"no time that nvidia-smi prints: {text!r:.40}") from None
    return int(time.timestamp() * 1000)


def _numbers(gpu: "Element") -> Iterator[tuple[str, float]]:
    for name, paths in _PATHS.items():
        if values := [*_values(gpu, *paths)]:
            yield name, values[0]
    memory = [*_values(gpu, "fb_memory_usage/used", "fb_memory_usage/total")]
    # With MIG the board's memory says little: its instances have theirs.
    if len(memory) == 2 and memory[1] and gpu.findtext("mig_mode/current_mig") != "Enabled":
        yield "gpu_memory_pct", 100 * memory[0] / memory[1]
    uncorrectable = (
        f"ecc_errors/volatile/{error.tag}"
        for error in gpu.iterfind("ecc_errors/volatile/*")
        if "uncorrectable" in error.tag
    )
    if counts := [*_values(gpu, "ecc_errors/volatile/double_bit/total", *uncorrectable)]:
        yield "uncorrected", sum(counts)


def _values(gpu: "Element", *paths: str) -> Iterator[float]:
    """What is there and a number, without its unit; `N/A` and `[GPU requires reset]` are none."""
    for path in paths:
        number = gpu.findtext(path, "").partition(" ")[0]
        if number.replace(".", "", 1).isdecimal():
            yield float(number)


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """This machine's GPUs, or those of all files. A file that cannot be read loses no other."""
    if not settings.files:
        printed = reader.output(settings.command, settings.timeout.total_seconds())
        return scrape(now_ms, parse(printed, ""))

    def parse_fresh(text: str, host: str) -> list[Sample]:
        samples = [*parse(text, host, settings.zone)]
        if any(abs(now_ms - sample.at_ms) > FRESH_MS for sample in samples):
            raise SourceError("not of the last five minutes; is `zone` right?")
        return samples

    return collect_files(settings.files, reader, now_ms, parse_fresh)


def _throttled_pct(window: Window) -> float | None:
    """By the reason that held clocks down for longest: several hold at a time."""
    held_us = [grown for _key, grown in increases(window, "throttled_us")]
    return max(held_us) / 1e4 / window.seconds if held_us else None


SOURCE = Source(
    Settings,
    collect,
    (
        named("gpu_utilisation_pct", *_GPU),
        named("memory_active_pct", *_GPU),
        named("gpu_memory_pct", *_GPU),
        named("gpu_temperature_c", *_GPU),
        named("gpu_power_w", *_GPU),
        defined("memory_errors", increase("uncorrected"), *_GPU),
        defined("pcie_replays", increase("replays"), *_GPU),
        defined("throttled_pct", _throttled_pct, *_GPU),
    ),
)
