"""Named tools that import none of our other packages."""
