"""The ASGI app and the pages."""
