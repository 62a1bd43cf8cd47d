"""Is an inference text a live incident? How the text speaks decides how sure one must be."""

from clickup_mlops.routing.classifier.features import Reading

SURE = 0.65  # of inference: an alarm about something else costs more than a guess
USUAL = 0.45
NO_SIGN = 0.92  # nothing in it says that users are hit, or that it is now
OVER = 0.83  # it looks back, and nobody is said to work on it
WISH = 0.905
TASK = 0.9975  # "Show ...", "Handle ...": something to be made
_SIGNS = frozenset({"notice", "handling", "live_now", "production"})


def tells_of_one(reading: Reading, live: float, inference: float) -> bool:
    """Whether a text that is taken for inference is a live incident.

    `inference` is its probability, 0 to 1, `live` the part of it that lies on the incident outcome.
    """
    return inference >= SURE and live >= bar(reading) * inference


def bar(reading: Reading) -> float:
    """The share of the inference probability that the incident outcome must reach, 0 to 1."""
    title = reading.title_ideas
    ideas = title.keys() | reading.body_ideas.keys()
    bars = [USUAL]
    if not ideas & _SIGNS:
        bars.append(NO_SIGN)
    if "handling" not in ideas:
        bars += [OVER] if "resolved" in ideas else []
        bars += [WISH] if "feature_request" in title else []
        bars += [TASK] if any(start == 0 for start, _, _ in title.get("imperative", ())) else []
    return max(bars)
