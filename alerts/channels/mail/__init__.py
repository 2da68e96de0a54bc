"""Pages by mail: `layout` makes the message, `transport` hands it to an SMTP server."""
