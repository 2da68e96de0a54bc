"""Copies of one text: found by what they say in the same order, folded into one story."""

from mentions.copies.index import Found, Index
from mentions.copies.sketch import Sketch, sketch

__all__ = ["Found", "Index", "Sketch", "sketch"]
