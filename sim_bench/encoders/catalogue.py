"""The models that are known by name, as published in ONNX by the Immich project.

A table of facts: names, where they lie, licence, size. Sizes are of both towers in f32, rounded.
The note's own model is pinned: its revision and the checksums of its weights are in `PINNED`,
taken from two independent public projects that pin the same files and agree. For the others
`hub` trusts the hub at the first download, checks the files against the checksums that the hub
declares, records revision and checksums, and holds to the record ever after.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sim_bench.encoders.settings import FileRecord
from sim_bench.errors import UnknownNameError

DEFAULT = "ViT-B-32"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One published bundle.

    Attributes:
        model: open_clip's model name.
        tag: open_clip's name of the weights.
        repository: On the Hugging Face hub.
        licence: SPDX identifier of the weights.
        megabytes: To download, about.
        data: What it was trained on.
    """

    model: str
    tag: str
    repository: str
    licence: str
    megabytes: int
    data: str

    @property
    def name(self) -> str:
        """Model and weights as a person would write them."""
        return f"{self.model}/{self.tag}"

    @property
    def folder_name(self) -> str:
        """Name of the bundle's folder in an offline copy."""
        return self.repository.partition("/")[2]

    @property
    def revision(self) -> str | None:
        """Commit of the repository; None where none is pinned."""
        return PINNED[self.name][0] if self.name in PINNED else None

    @property
    def files(self) -> Mapping[str, FileRecord]:
        """What files must be, by path; those not named must be what the hub declares."""
        return PINNED[self.name][1] if self.name in PINNED else {}


_LAION2B = "LAION-2B, English captions"
_LAION400M = "LAION-400M"
_OPENAI = "400 million web images with captions, not published"
_WEBLI = "WebLI, not published"

PINNED: dict[str, tuple[str, dict[str, FileRecord]]] = {
    "ViT-B-32/laion2b_s34b_b79k": (
        "19a057a0fb927cf239541300e74237cd56c7ffe2",
        {
            "visual/model.onnx": FileRecord(
                sha256="b9ce24b91a8c62ef8d40ea786051709c93140104cbf2b6b4a2cc270df3838f9c",
                bytes=351_613_724,
            ),
            "textual/model.onnx": FileRecord(
                sha256="48c25be37b352398f2533c9426dab6f9340535e14e46f884cc894236a5060722",
                bytes=254_193_396,
            ),
        },
    )
}
"""Revision and checksums by model and tag."""

# The first of a model is its usual one.
KNOWN: tuple[KnownModel, ...] = tuple(
    KnownModel(model, tag, f"immich-app/{folder}", licence, megabytes, data)
    for model, tag, folder, licence, megabytes, data in (
        ("ViT-B-32", "laion2b_s34b_b79k", "ViT-B-32__laion2b-s34b-b79k", "MIT", 605, _LAION2B),
        ("ViT-B-32", "laion2b_e16", "ViT-B-32__laion2b_e16", "MIT", 605, _LAION2B),
        ("ViT-B-32", "laion400m_e31", "ViT-B-32__laion400m_e31", "MIT", 605, _LAION400M),
        ("ViT-B-32", "laion400m_e32", "ViT-B-32__laion400m_e32", "MIT", 605, _LAION400M),
        ("ViT-B-32", "openai", "ViT-B-32__openai", "MIT", 605, _OPENAI),
        ("ViT-B-16", "openai", "ViT-B-16__openai", "MIT", 600, _OPENAI),
        ("ViT-B-16", "laion400m_e31", "ViT-B-16__laion400m_e31", "MIT", 600, _LAION400M),
        ("ViT-B-16", "laion400m_e32", "ViT-B-16__laion400m_e32", "MIT", 600, _LAION400M),
        ("ViT-B-16-SigLIP", "webli", "ViT-B-16-SigLIP__webli", "Apache-2.0", 810, _WEBLI),
        ("ViT-L-14", "laion2b_s32b_b82k", "ViT-L-14__laion2b-s32b-b82k", "MIT", 1710, _LAION2B),
        ("ViT-L-14", "laion400m_e31", "ViT-L-14__laion400m_e31", "MIT", 1710, _LAION400M),
        ("ViT-L-14", "laion400m_e32", "ViT-L-14__laion400m_e32", "MIT", 1710, _LAION400M),
        ("ViT-L-14", "openai", "ViT-L-14__openai", "MIT", 1710, _OPENAI),
        ("ViT-L-14-336", "openai", "ViT-L-14-336__openai", "MIT", 1710, _OPENAI),
        ("ViT-H-14", "laion2b_s32b_b79k", "ViT-H-14__laion2b-s32b-b79k", "MIT", 3940, _LAION2B),
        ("ViT-g-14", "laion2b_s12b_b42k", "ViT-g-14__laion2b-s12b-b42k", "MIT", 5470, _LAION2B),
    )
)


def is_known(model_name: str, pretrained: str | None = None) -> bool:
    """Whether the table has this model, with these weights where they are named."""
    return any(known.model == model_name and pretrained in (None, known.tag) for known in KNOWN)


def training_data(name: str) -> tuple[str, ...] | None:
    """Name what a model of the table was trained on; None for a model that is not in it.

    Args:
        name: Model and weights with a slash between.
    """
    return next(((known.data,) for known in KNOWN if known.name == name), None)


def licence_of(name: str) -> str:
    """Licence of a model of the table, named as in `training_data`; else "unknown"."""
    return next((known.licence for known in KNOWN if known.name == name), "unknown")


def find(model_name: str, pretrained: str | None = None) -> KnownModel:
    """Look a model up.

    Args:
        model_name: open_clip's model name, or model and tag with a slash between.
        pretrained: open_clip's name of the weights; None: the usual ones of the model.

    Raises:
        UnknownNameError: No such model, or the model has no such weights here.
    """
    if pretrained is None and "/" in model_name:
        model_name, _, pretrained = model_name.partition("/")
    tags = {known.tag: known for known in KNOWN if known.model == model_name}
    if not tags:
        names = {known.model for known in KNOWN}
        raise UnknownNameError("model", model_name, {*names, "embedded", "auto"})
    if pretrained is None:
        return next(iter(tags.values()))
    if pretrained not in tags:
        raise UnknownNameError(f"weights of {model_name}", pretrained, tags)
    return tags[pretrained]
