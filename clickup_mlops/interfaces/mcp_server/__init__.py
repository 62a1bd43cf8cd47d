"""The MCP server: what agents may ask, through the same use cases as every other interface.

A tool is one file in `tools/`. Only `server.py` and `http.py` import the SDK, which is optional.
"""
