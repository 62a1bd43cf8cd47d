"""Lines of a page."""


def line(name: str, value: float, **labels: str) -> str:
    """One sample."""
    pairs = ",".join(f'{key}="{text}"' for key, text in labels.items())
    return f"{name}{{{pairs}}} {value:.10g}" if pairs else f"{name} {value:.10g}"


def page(lines: list[str]) -> str:
    """All of them."""
    return "\n".join(lines) + "\n"
