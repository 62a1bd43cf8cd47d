"""The metrics of this process, as tests look at them."""

from clickup_mlops import telemetry


def measured(name: str, **labels: str) -> float:
    """A sample's value by the name that queries use, without the prefix; 0 if it is not there."""
    return telemetry.REGISTRY.get_sample_value(telemetry.PREFIX + name, labels) or 0.0


def reset_metrics() -> None:
    """Everything at zero; children that were looked up before count for nothing."""
    for metric in telemetry._documented:
        if metric._labelnames:
            metric.clear()
        else:
            metric._metric_init()
