"""The JSON files of a bundle, checked where they enter.

Unknown keys of `preprocess_cfg.json` are refused: each of them changes the pixels. The model
configuration (`config.json`) describes the network too, which the ONNX file already holds, so
there only the keys that text needs are read, and those that say what kind of network it is.
"""

import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sim_bench.errors import BundleError

Clean = Literal["lower", "whitespace", "canonicalize"]
Side = Annotated[int, Field(ge=1, le=4096)]
Deviation = Annotated[float, Field(gt=0)]
Level = Annotated[int, Field(ge=0, le=255)]
T = TypeVar("T", bound=BaseModel)


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class FileRecord(_Read):
    """What a file must be: its SHA-256 in hexadecimal, and its length."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Manifest(_Read):
    """Where a bundle comes from and what each file of it must be, by path relative to it.

    `trained_on` names the data sets that its weights have seen ("biq2021:train"); None where that
    is not on record.
    """

    name: str
    version: str
    licence: str
    source: str
    trained_on: tuple[str, ...] | None = None
    files: dict[str, FileRecord]


class PreprocessConfig(BaseModel):
    """`visual/preprocess_cfg.json`, as open_clip writes it; its defaults where a key is absent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: Side | tuple[Side, Side]
    mode: Literal["RGB"] = "RGB"
    mean: tuple[float, float, float] = (0.48145466, 0.4578275, 0.40821073)  # OpenAI CLIP's
    std: tuple[Deviation, Deviation, Deviation] = (0.26862954, 0.26130258, 0.27577711)
    interpolation: Literal["bicubic", "bilinear", "random"] = "bicubic"
    resize_mode: Literal["shortest", "longest", "squash"] = "shortest"
    fill_color: Level | tuple[Level, Level, Level] = 0

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, content: object) -> object:
        if not isinstance(content, dict):
            return content
        return {key: value for key, value in content.items() if value is not None}


class TokenizerKwargs(_Read):
    """The part of open_clip's tokenizer arguments that changes token ids."""

    clean: Clean | None = None


class TextConfig(_Read):
    """`text_cfg` of `config.json`."""

    context_length: int = Field(default=77, ge=2)
    tokenizer_kwargs: TokenizerKwargs = TokenizerKwargs()
    hf_tokenizer_name: str | None = None

    @property
    def clean(self) -> Clean:
        """How texts are cleaned: as it says, else as open_clip would for this tokenizer."""
        return self.tokenizer_kwargs.clean or ("whitespace" if self.hf_tokenizer_name else "lower")


class VisionConfig(_Read):
    """`vision_cfg` of `config.json`, the part that says what kind of network it is.

    Nothing is asked of the values: what is not understood is a network of unknown kind.
    """

    patch_size: Any = None
    layers: Any = None
    timm_model_name: str | None = None


class ModelConfig(_Read):
    """`config.json`: open_clip's model configuration, the part that is read here."""

    embed_dim: int = Field(ge=1)
    vision_cfg: VisionConfig = VisionConfig()
    text_cfg: TextConfig = TextConfig()


class AddedToken(_Read):
    """A token written as an object rather than as its text."""

    content: str


class TokenizerConfig(_Read):
    """`textual/tokenizer_config.json`, the part that is read here."""

    pad_token: str | AddedToken | None = None
    eos_token: str | AddedToken | None = None


def read_settings(path: Path, kind: type[T]) -> T:
    """Read one JSON file of a bundle.

    Raises:
        BundleError: The file is missing, is not JSON, or a key of it cannot be used.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        at = f"key {where!r}: " if where else ""
        raise BundleError(f"{path}: {at}{first['msg']}") from error


def write_json(path: Path, content: object) -> None:
    """Write JSON so that the file is either complete or absent."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
