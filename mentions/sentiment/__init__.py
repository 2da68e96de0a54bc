"""Sentiment of one mention: label, score and confidence, offline, for en, es, fr and ca."""

from mentions.sentiment.model import LABELS, Label, Sentiment, SentimentModel
from mentions.sentiment.scorer import LANGS, Scorer

__all__ = ["LABELS", "LANGS", "Label", "Scorer", "Sentiment", "SentimentModel"]
