"""One module per page: ask the API, arrange the answer, hand it to a template."""
