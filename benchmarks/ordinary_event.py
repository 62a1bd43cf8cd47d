"""What an ordinary event costs, in counts: `python benchmarks/ordinary_event.py [--postgres URL]`.

A task was created, its events are in the inbox: they are taken, the task is read, routed, and its
priority written (one GET, one PUT). Counted are the project's files, functions and calls in that
thread, statements, transactions and round trips to the database. `--functions` and `--statements`
print them. Counts are the same on every machine.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.ordinary_event import measure


def main() -> None:
    """Print one line for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default="", help="SQLAlchemy's URL of a database to use")
    parser.add_argument("--functions", action="store_true")
    parser.add_argument("--statements", action="store_true")
    parser.add_argument("--all", action="store_true", help="with all shipped automations")
    options = parser.parse_args()
    for url in filter(None, ("sqlite", options.postgres)):
        cost = measure("" if url == "sqlite" else url, with_all=options.all)
        print(f"{url.partition(':')[0]}: {cost}")
        for line in cost.function_lines if options.functions else ():
            print(line)
        for text in cost.texts if options.statements else ():
            print("   ", text)


if __name__ == "__main__":
    main()
