"""What can be asked of the bot from outside: one file per use case, between the bot and its faces.

In: the bot or its store, and values. Out: values (dataclasses), or an iterator where it takes long.
Errors: those of `clickup_mlops.errors`, with a hint. Nothing here prints, asks or parses arguments:
the command line, web pages, chat commands and other faces call the same functions.
"""
