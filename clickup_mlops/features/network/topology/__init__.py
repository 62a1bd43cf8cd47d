"""What is connected to what: hosts, ports, switches, groups of uplinks, jobs."""
