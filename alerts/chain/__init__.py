"""Why somebody was paged, or was not: recorded when it is decided, told in words."""
