"""Show and correct which objects are managed. Writes nothing into ClickUp."""
