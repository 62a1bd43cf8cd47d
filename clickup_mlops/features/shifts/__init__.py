"""Shifts: who takes over or exchanges a turn on call, and schedules that are read elsewhere."""
