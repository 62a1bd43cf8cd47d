"""Incidents: kept with their timeline, announced to automations, and seen by conditions."""
