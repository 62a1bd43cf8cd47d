"""Infra metrics: numbers of servers, GPUs and networks, derived and bound to task fields.

Way of a number: a source is scraped (`sources/`), what it says is a `Scrape`, two scrapes make a
`Window`, formulas (`derive/`) turn a window into readings with units. What is not there is unknown,
never 0.
"""
