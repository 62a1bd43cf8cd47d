"""Load balancing: what each choice would give on a topology with its traffic.

`traffic` makes connections of the jobs, `predict` puts them on uplinks as each choice does, by a
simulation of flows, and `choices` has one file for each choice. Needs the extra `network`.
"""
