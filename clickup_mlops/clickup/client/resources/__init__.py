"""The API by resource: one file each, named as the attribute of `ClickUp`."""
