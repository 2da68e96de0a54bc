"""One module per page, or per small family of pages."""
