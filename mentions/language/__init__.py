"""The language of a mention, told from its text."""

from mentions.language.identify import Language, identify, known, told_apart

__all__ = ["Language", "identify", "known", "told_apart"]
