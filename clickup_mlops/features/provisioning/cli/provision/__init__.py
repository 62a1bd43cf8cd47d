"""Create an AI/ML workspace from a template, keep it up to date, undo it.

A new one: list, plan, apply, verify. One that people made: export it, or adopt it. A new version of
a template: diff, upgrade. On a schedule: drift. Back: undo.

Pages: `clickup-mlops help first-workspace`, `clickup-mlops help adopt-a-space`,
`clickup-mlops help upgrade-a-template`, `clickup-mlops help custom-fields` (and why ClickUp makes
them manual), `clickup-mlops help provisioning` (what is assumed).
"""
