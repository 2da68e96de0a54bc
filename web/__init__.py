"""The ASGI app and the pages: shells rendered by the server, with islands of life in them."""
