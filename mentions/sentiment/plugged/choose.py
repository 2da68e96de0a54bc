"""Which model judges: the one that the setting names, or the tables in the package."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from kit.settings import SettingsError
from mentions.sentiment.model import SentimentModel
from mentions.sentiment.scorer import Scorer


def name_of(setting: str | None) -> str | None:
    """The file or server that TOCSIN_SENTIMENT_MODEL names, without what may be secret; None: the tables."""
    if not setting:
        return None
    parts = urlsplit(setting)
    return parts.hostname if parts.scheme in {"http", "https"} else Path(setting).name


def open_model(setting: str | None) -> SentimentModel:
    """Return the model for TOCSIN_SENTIMENT_MODEL: none, a path to an ONNX file, or an http(s) URL.

    Raises SettingsError where the file is absent, is no such model, or the `onnx` extra is not installed.
    A server that is down is no error: the tables judge until it answers.
    """
    if not setting:
        return Scorer.load()
    if setting.startswith(("http://", "https://")):
        from mentions.sentiment.plugged.served import ServedModel

        return ServedModel(setting)
    try:
        from mentions.sentiment.plugged.onnx_file import BrokenModel, OnnxModel
    except ImportError as error:
        raise SettingsError(
            "TOCSIN_SENTIMENT_MODEL names an ONNX file: install tocsin[onnx] to read it"
        ) from error
    try:
        return OnnxModel(Path(setting))
    except BrokenModel as error:
        raise SettingsError(f"TOCSIN_SENTIMENT_MODEL: {error}") from error
