"""Create an AI/ML workspace from a template, keep it up to date, undo it.

A new one: list, plan, apply, verify. One that people made: export it, or adopt it. A new version of
a template: diff, upgrade. On a schedule: drift. Back: undo.

Pages: docs/how-to/first-workspace.md, adopt-a-space.md, upgrade-a-template.md, custom-fields.md
(and why ClickUp makes them manual); docs/explanation/provisioning.md (what is assumed).
"""
