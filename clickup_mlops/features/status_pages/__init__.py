"""Status pages of providers: what they report supports the report of an incident."""
