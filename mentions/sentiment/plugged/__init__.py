"""Better models by setting: an ONNX file, or a server over HTTP. Contract: docs/sentiment.md."""

from mentions.sentiment.plugged.choose import open_model

__all__ = ["open_model"]
