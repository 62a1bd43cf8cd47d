"""What features write scenes of the demonstration with, and what they add to its past."""
