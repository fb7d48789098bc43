"""Pixels or text to unit vectors. Names are resolved when first used, so importing is free."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim_bench.encoders.base import Device, Encoder, Precision
    from sim_bench.encoders.bundle import Bundle, open_bundle, seal
    from sim_bench.encoders.load import load_encoder, open_encoder, what_is_missing
    from sim_bench.encoders.resolve import ResolvedModel

_PUBLIC = {
    "Bundle": "bundle",
    "Device": "base",
    "Encoder": "base",
    "Precision": "base",
    "ResolvedModel": "resolve",
    "load_encoder": "load",
    "open_bundle": "bundle",
    "open_encoder": "load",
    "seal": "bundle",
    "what_is_missing": "load",
}

__all__ = [
    "Bundle",
    "Device",
    "Encoder",
    "Precision",
    "ResolvedModel",
    "load_encoder",
    "open_bundle",
    "open_encoder",
    "seal",
    "what_is_missing",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
