"""Ways from files to vectors or scores: ours, and what a user would otherwise write.

Each function loads a model and returns what is called with a list of paths. Every one encodes in
its own library's usual way; torch runs in f32 with its default number of threads. The prompts are
encoded beforehand, except by pyiqa, which encodes them anew for every photo.
"""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from model import random_vit
from numpy.typing import NDArray
from PIL import Image

from sim_bench.encoders.load import load_encoder
from sim_bench.images.decode import read_picture
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.remarks import RunRemark
from sim_bench.quality_assessment.run import score_stream
from sim_bench.store.store import Store

Paths = Sequence[Path]
BATCH = 32


def ours(model: str) -> Callable[[Paths], None]:
    """Score with the defaults, into an empty store, so that hashing and storing count."""
    assessor = CLIPAestheticAssessor(model, device="cpu")

    def run(paths: Paths) -> None:
        with (
            TemporaryDirectory() as folder,
            Store(Path(folder) / "store.sqlite") as store,
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore", RunRemark)  # random weights tell no photos apart
            records = list(score_stream(paths, {"score": assessor}, store=store))
        unscored = [record for record in records if record.status != "scored" or record.known]
        if unscored:
            raise RuntimeError(f"{len(unscored)} of {len(paths)} photos were not scored afresh")

    return run


def exact(model: str) -> Callable[[Paths], NDArray[np.float32]]:
    """Our vectors with every pixel decoded, in f32: to be compared with open_clip's."""
    encoder = load_encoder(model, device="cpu", precision="f32")
    return lambda paths: encoder.encode_images([read_picture(path).rgb for path in paths])


def open_clip_loop(_: str) -> Callable[[Paths], NDArray[np.float32]]:
    """The loop of open_clip's README, one photo at a time."""
    import torch

    model = random_vit()

    def run(paths: Paths) -> NDArray[np.float32]:
        vectors = []
        with torch.no_grad():
            for path in paths:
                image = model.transform(Image.open(path)).unsqueeze(0)
                features = model.network.encode_image(image)
                features /= features.norm(dim=-1, keepdim=True)
                vectors.append(features)
        return torch.cat(vectors).numpy()

    return run


def open_clip_dataloader(_: str) -> Callable[[Paths], NDArray[np.float32]]:
    """The same in batches of 32, decoded and preprocessed by 2 processes of a DataLoader."""
    import torch
    from torch.utils.data import DataLoader

    model = random_vit()

    def run(paths: Paths) -> NDArray[np.float32]:
        vectors = []
        loader = DataLoader(_Photos(paths, model.transform), batch_size=BATCH, num_workers=2)
        with torch.no_grad():
            for images in loader:
                features = model.network.encode_image(images)
                vectors.append(features / features.norm(dim=-1, keepdim=True))
        return torch.cat(vectors).numpy()

    return run


class _Photos:
    """A dataset as PyTorch wants it."""

    def __init__(self, paths: Paths, transform: Callable[[Image.Image], Any]) -> None:
        self._paths = paths
        self._transform = transform

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, at: int) -> Any:
        return self._transform(Image.open(self._paths[at]))


def torchmetrics(model: str) -> Callable[[Paths], NDArray[np.float32]]:
    """CLIPImageQualityAssessment over a transformers ViT-B/32, whole photos one at a time.

    The weights are other random ones, of the same architecture: it takes no model of open_clip.
    """
    import torch
    import transformers
    from torchmetrics.multimodal import CLIPImageQualityAssessment
    from torchvision.transforms.functional import pil_to_tensor

    class Model(transformers.CLIPModel):
        """With vectors where transformers 5 gives them in a structure, which the metric cannot."""

        def get_image_features(self, *args: Any, **options: Any) -> Any:
            found = super().get_image_features(*args, **options)
            return found if torch.is_tensor(found) else found.pooler_output

        def get_text_features(self, *args: Any, **options: Any) -> Any:
            found = super().get_text_features(*args, **options)
            return found if torch.is_tensor(found) else found.pooler_output

    def made() -> tuple[Any, Any]:
        words = transformers.CLIPTokenizerFast(tokenizer_file=f"{model}/textual/tokenizer.json")
        processor = transformers.CLIPProcessor(transformers.CLIPImageProcessor(), words)
        return Model(transformers.CLIPConfig()).eval(), processor

    metric = CLIPImageQualityAssessment(made, data_range=255.0)

    def run(paths: Paths) -> NDArray[np.float32]:
        metric.reset()
        for path in paths:
            metric.update(pil_to_tensor(Image.open(path).convert("RGB")).unsqueeze(0))
        return np.atleast_1d(metric.compute().numpy())

    return run


def pyiqa(_: str) -> Callable[[Paths], NDArray[np.float32]]:
    """Its `clipiqa` over the same ViT-B-32, one photo at a time, resized as open_clip does.

    Its own model is a ResNet-50 at the photo's full size, whose weights would be downloaded.
    """
    import torch
    from pyiqa import create_metric
    from pyiqa.archs import clip_model, clipiqa_arch
    from torchvision.transforms import Compose

    model = random_vit()
    clipiqa_arch.load = lambda *_: clip_model.build_model(model.network.state_dict()).float()
    metric = create_metric("clipiqa", device="cpu")
    prepared = Compose(model.transform.transforms[:-1])  # it normalises by itself

    def run(paths: Paths) -> NDArray[np.float32]:
        with torch.no_grad():
            scores = [metric(prepared(Image.open(path)).unsqueeze(0)) for path in paths]
        return torch.cat(scores).numpy()

    return run


PEERS = {
    "open_clip_loop": open_clip_loop,
    "open_clip_dataloader": open_clip_dataloader,
    "torchmetrics": torchmetrics,
    "pyiqa": pyiqa,
}
