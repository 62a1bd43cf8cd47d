"""Who the token is, members and user groups."""
