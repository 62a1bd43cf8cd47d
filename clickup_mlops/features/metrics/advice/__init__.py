"""Symptoms in measured numbers -> recommendations with evidence. Pure: numbers in, advice out."""
