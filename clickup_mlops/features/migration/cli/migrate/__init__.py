"""Move boards from Monday.com and other tools into ClickUp, with nothing lost silently.

In this order: draft writes a mapping file, which you review and edit; plan shows what would happen;
provision creates the places and fields; run moves everything, and continues after an interruption;
verify compares both sides; report is for the people who must agree. At the cut-over: delta. Back:
undo. When all is signed: forget.
"""
