"""Python text as machine code: what Numba makes of it is kept on disk, named by what the text is."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kit.cache import cache_folder


def loaded(name: str, source: str) -> Any:
    """The module that `source` makes; KEEP in it says whether Numba can keep its code on disk.

    The name is followed by a hash of the text, so that changed arithmetic can never run old code.
    """
    folder = cache_folder()
    if folder is None:
        return _executed(source)
    name = f"{name}_{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    path = folder / f"{name}.py"
    if not path.exists():
        part = path.with_suffix(f".{id(source):x}.part")
        part.write_text(source.replace("KEEP", "True"))
        part.replace(path)
    return imported(name, path)


def _executed(source: str) -> SimpleNamespace:
    """Compiled for this process alone: nothing can be written here."""
    scope: dict[str, Any] = {}
    exec(compile(source.replace("KEEP", "False"), "<detector>", "exec"), scope)  # noqa: S102 - our own text
    return SimpleNamespace(**scope)


def imported(name: str, path: Path) -> Any:
    """The module in that file, under that name."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]  # or whoever comes next would find half of it
            raise
    return sys.modules[name]
