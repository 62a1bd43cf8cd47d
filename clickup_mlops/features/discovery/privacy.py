"""Nobody can be recognised: which groups of people may be shown. Pure."""

from collections.abc import Mapping

from clickup_mlops.features.discovery.model import SMALLEST_GROUP


def find_shown(sizes: Mapping[str, int]) -> frozenset[str]:
    """The groups, by name with how many people are in each, of which something may be said.

    None with fewer than five people; nor, as the sum of all may be known, so few that what is left
    out together has fewer than five: then the smallest of the others is left out, too.
    """
    shown = {name for name, size in sizes.items() if size >= SMALLEST_GROUP}
    while shown and 0 < sum(sizes[name] for name in sizes if name not in shown) < SMALLEST_GROUP:
        shown.remove(min(shown, key=lambda name: (sizes[name], name)))
    return frozenset(shown)
