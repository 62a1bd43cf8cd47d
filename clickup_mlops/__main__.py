"""`python -m clickup_mlops` is the same as `clickup-mlops`."""

from clickup_mlops.interfaces.cli import main

main()
