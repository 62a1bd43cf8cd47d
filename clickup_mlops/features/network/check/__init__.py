"""RoCE settings of hosts and switches against a profile: archives -> settings -> rows.

`archive.read_archive` reads what the script `collect.sh` made of one machine, `host.parse` and
`switch.parse` make settings of it, and `rules.check` compares them with a profile. All but the
first are pure.
"""
