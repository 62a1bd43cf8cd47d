"""How sources are reached, and how what they answer becomes samples and readings."""
