"""Workspaces from templates: plan, apply, adopt, compare, upgrade, verify, undo and export.

In: the bot, and a `Request` (template, parameters). Out: plans and results of `provision`. Whatever
writes holds the workspace's lock and first closes runs that were interrupted.
"""
