"""`python -m clickup_mlops` is the same as `clickup-mlops`."""

from clickup_mlops.cli import main

main()
