"""OpenVINO, without its telemetry: everything here imports it from this file.

`import openvino` reports itself to Google Analytics, and keeps an identifier in the user's home
folder, where the package `openvino_telemetry` is installed, which its wheel requires. Nothing about
a user's photos or machine is anybody's business, so that package is declared absent beforehand, for
which OpenVINO has a stand-in that does nothing. Whoever imported OpenVINO before is left alone.
"""

import sys
from typing import Any, cast

cast("dict[str, Any]", sys.modules).setdefault("openvino_telemetry", None)

import openvino as ov  # noqa: E402
from openvino import opset13  # noqa: E402

__all__ = ["opset13", "ov"]
