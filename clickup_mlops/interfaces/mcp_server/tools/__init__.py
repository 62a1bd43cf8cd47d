"""The tools: one file each, with `TOOL`; its docstring is what agents read."""
