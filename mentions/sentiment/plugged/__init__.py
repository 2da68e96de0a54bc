"""Better models by setting: an ONNX file, or a server over HTTP. Contract: docs/sentiment.md."""

from mentions.sentiment.plugged.choose import name_of, open_model

__all__ = ["name_of", "open_model"]
