"""Look at fabrics: settings, findings, load balancing."""
