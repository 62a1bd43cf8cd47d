"""Examples and lexicon in, the model out. Learning from corrections uses the same parts."""
