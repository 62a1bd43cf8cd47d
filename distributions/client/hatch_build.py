"""The build hook of all distributions: beside their folders; in a source archive, beside this."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from generated_package import GeneratedPackage, SharedMetadata  # noqa: E402

__all__ = ["GeneratedPackage", "SharedMetadata"]
