"""What a monitor listens for: a query language, read by hand into a tree of what it asks for.

    query := part ("OR" part)*                  OR binds loosest
    part  := pair (["AND"] pair)*               side by side means AND
    pair  := term ["NEAR/"number term]          within that many words, in either order
    term  := ("NOT" | "-") term | "(" query ")" | field | text
    text  := word | "a phrase" | #tag | @handle, each word with * for any letters
    field := name ":" (value | "(" query of values ")")

Case and accents do not matter: `almadia` finds Almadía. A word also finds the tag and the handle of that
spelling; `#almadia` and `@almadia` find only those. Operators are written in capitals. docs/monitors.md
tells it to people. Pure: text in, tree or Unreadable out.
"""

from mentions.query.item import Matchable, Reading
from mentions.query.nodes import Anchor, Node
from mentions.query.reader import MAX_QUERY, Asked, Query, parse
from mentions.query.said import Said
from mentions.query.trouble import Unreadable
from mentions.query.writing import written

__all__ = [
    "MAX_QUERY",
    "Anchor",
    "Asked",
    "Matchable",
    "Node",
    "Query",
    "Reading",
    "Said",
    "Unreadable",
    "parse",
    "written",
]
