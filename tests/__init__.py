"""Tests. A package, so that helpers are found before any other distribution's `tests`."""
