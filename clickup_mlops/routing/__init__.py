"""Routing: workload and urgency of a task, and its priority. Pure."""
