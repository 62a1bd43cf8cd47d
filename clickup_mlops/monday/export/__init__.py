"""Reads the files that Monday.com exports: a board as .xlsx, a whole account as .zip."""
