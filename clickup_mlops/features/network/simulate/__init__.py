"""A fabric that is simulated by its flows: shape, traffic and planted faults -> exporters' pages.

It knows nothing of the diagnosis, which knows nothing of it.
"""
