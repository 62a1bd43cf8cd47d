"""Tasks and what belongs to them: values, relations, checklists, files, and the search for them."""
