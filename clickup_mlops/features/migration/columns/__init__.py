"""Column types, one module each: the folder is the list. Each defines `COLUMN`. Those that need no
conversion of their own are rows of the table in `_simple.py`.

A module's name is the type's name, as Monday.com's schema spells it; other tools' columns use the
type that fits. What a cell of each type holds is in `features/migration/records.py`.
"""
