"""The running bot. An event's way: `sources/` -> `lanes/` -> `handling/`.

Beside it `undo/`, `outbound/` and `simulation/`.
"""
