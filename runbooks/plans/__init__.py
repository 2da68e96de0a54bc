"""The runbooks that come with Tocsin, one module each."""
