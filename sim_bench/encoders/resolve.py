"""From a model's name to the folder of its bundle."""

from dataclasses import dataclass, replace
from pathlib import Path

from sim_bench.encoders.bundle import CONFIG, Bundle, open_bundle
from sim_bench.encoders.catalogue import DEFAULT, find
from sim_bench.encoders.settings import Manifest
from sim_bench.errors import ModelError, WeightsUnavailableError

EMBEDDED = Path(__file__).parent / "embedded"


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A model that is on this machine.

    Attributes:
        name: What to give `load_encoder` to get this model again.
        pretrained: Tag of the weights; None for a folder or the embedded model.
        folder: Of the bundle.
        licence: Of the weights.
        note: What a person must be told, where another model than the best one stands in.
        manifest: What the files must be, where it is recorded outside the folder.
    """

    name: str
    pretrained: str | None
    folder: Path
    licence: str
    note: str | None = None
    manifest: Manifest | None = None

    @property
    def title(self) -> str:
        """Model and weights as a person would write them."""
        return f"{self.name}/{self.pretrained}" if self.pretrained else self.name

    def open(self) -> Bundle:
        """Open the bundle."""
        bundle = open_bundle(self.folder, manifest=self.manifest)
        if bundle.manifest is None and self.pretrained:  # a cache's folder is named by a commit
            return replace(bundle, name=self.title, licence=self.licence)
        return bundle


def resolve(
    model_name: str = "embedded", pretrained: str | None = None, *, download: bool = True
) -> ResolvedModel:
    """Find a model, downloading its bundle where it is not here yet.

    Args:
        model_name: "embedded"; a bundle's folder; a name of the catalogue; or "auto": the usual
            ViT-B-32 where it is here or can be fetched, else the embedded model with a note.
        pretrained: Tag of the weights; None: the usual ones.
        download: Whether the network may be asked.

    Raises:
        UnknownNameError: No such model or weights in the catalogue.
        WeightsUnavailableError: The bundle is neither here nor to be had.
        BundleError: What is here cannot be used.
    """
    if model_name == "auto":
        return _auto(pretrained, download=download)
    if model_name == "embedded" or is_folder(model_name):
        if pretrained is not None:
            raise ModelError(f"{model_name} has its own weights. Leave out {pretrained!r}.")
        folder = EMBEDDED if model_name == "embedded" else Path(model_name).expanduser()
        return ResolvedModel(model_name, None, folder, open_bundle(folder).licence)
    from sim_bench.encoders import hub

    known = find(model_name, pretrained)
    found = hub.locate(known) or (hub.fetch(known) if download else None)
    if found is None:
        raise WeightsUnavailableError(hub.absent(known, "no download was asked for"))
    return ResolvedModel(
        known.model, known.tag, found.folder, known.licence, manifest=found.manifest
    )


def is_folder(model_name: str) -> bool:
    """Whether a model name is a path: it begins like one, or a bundle lies there."""
    return model_name.startswith((".", "/", "~")) or (Path(model_name) / CONFIG).is_file()


def _auto(pretrained: str | None, *, download: bool) -> ResolvedModel:
    try:
        return resolve(DEFAULT, pretrained, download=download)
    except WeightsUnavailableError as error:
        resolved = resolve("embedded")
        wanted, reason = find(DEFAULT, pretrained).name, str(error).splitlines()[0]
        note = (
            f"The small embedded model stands in for {wanted}: its judgements are weaker. {reason}"
        )
        return ResolvedModel(resolved.name, None, resolved.folder, resolved.licence, note=note)
