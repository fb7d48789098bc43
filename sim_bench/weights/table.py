"""The weight files that the cabinet knows: where they lie, what they are, who may use them.

A table of facts. A SHA-256 is given where it was computed from the published file (the LAION
heads) or where the hub declares it for the pinned commit; files without one are trusted at the
first download, recorded, and held to the record ever after. Licences are those that the place of
publication states for the files.
"""

import os
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from sim_bench.errors import UnknownNameError
from sim_bench.weights.read import PICKLES

MIRROR = "SIM_BENCH_WEIGHTS_MIRROR"
"""Environment variable: an address that has all files by their name, instead of the sources."""

_HUB = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One published weight file.

    Attributes:
        name: What the cabinet and scores call it.
        file: Its name in a folder of copies; that of its publication unless it says too little.
        address: Where it is published; "hub:OWNER/REPOSITORY/PATH" on the Hugging Face hub.
        licence: SPDX identifier.
        megabytes: To download.
        trained_on: Data sets that the weights have seen, those of the pre-training included.
        source: The project's page.
        revision: Commit of the repository; for the hub only, "main" where none is pinned.
        sha256: In hexadecimal; None where it is not known.
    """

    name: str
    file: str
    address: str
    licence: str
    megabytes: float
    trained_on: tuple[str, ...]
    source: str
    revision: str = "main"
    sha256: str | None = None

    @property
    def url(self) -> str:
        """Where to fetch it from: the mirror, if one is set, else where it is published."""
        if mirror := os.environ.get(MIRROR):
            return f"{mirror.rstrip('/')}/{quote(self.file)}"
        scheme, _, rest = self.address.partition(":")
        if scheme != "hub":
            return self.address
        owner, repository, path = rest.split("/", 2)
        hub = os.environ.get("HF_ENDPOINT", _HUB).rstrip("/")
        return f"{hub}/{owner}/{repository}/resolve/{self.revision}/{quote(path)}"

    @property
    def is_pickle(self) -> bool:
        """Whether the file has to be converted before it can be used."""
        return PurePosixPath(self.file).suffix in PICKLES

    @property
    def kept_file(self) -> str:
        """Name of the file that is used: the file itself, or what it is converted to."""
        if not self.is_pickle:
            return self.file
        return f"{PurePosixPath(self.file).stem}.safetensors"

    @property
    def most_bytes(self) -> int:
        """More than this is not downloaded.

        A quarter above the size on record, and 1 MB; twice that size where there is no checksum,
        since the size is then what others have told.
        """
        return round(self.megabytes * (1.25e6 if self.sha256 else 2e6)) + 1_000_000


_OPENAI = "400 million web images with captions, not published"
_PYIQA = "hub:chaofengc/IQA-PyTorch-Weights/"
_PYIQA_LICENCE = "CC-BY-NC-SA-4.0"  # of the repository's card, whatever the files' own origin
_LIQE = "https://github.com/zwx8981/LIQE"
_V1 = "https://github.com/LAION-AI/aesthetic-predictor"
_V1_L = "7e37768a02b0863eac390a702903aaa90ecf938e"  # the commit of the L/14 and B/16 heads
_V1_B = "814214009feff106add4bb983807704ccdd5a0db"  # of the B/32 head
_V2 = "https://github.com/christophschuhmann/improved-aesthetic-predictor"
_IDEALO = "https://github.com/idealo/image-quality-assessment"
_NIMA = "https://arxiv.org/abs/1709.05424"
_MUSIQ = "https://github.com/google-research/google-research/tree/master/musiq"
_MUSIQ_FILES = "https://storage.googleapis.com/gresearch/musiq/"
_SAC = "Simulacra Aesthetic Captions"

_FILES = (
    WeightFile(
        name="clip-rn50-openai",
        file="clip-rn50-openai.safetensors",
        address="hub:timm/resnet50_clip.openai/open_clip_model.safetensors",
        revision="ec3d92cf63a5f9d591f0d611b736895966c73076",
        sha256="da0baa37fb2211eee5729ab69ed587eb10d48f5b7076ceeed01552fc3d4cb4ee",
        licence="MIT",
        megabytes=408.3,
        trained_on=(_OPENAI,),
        source="https://huggingface.co/timm/resnet50_clip.openai",
    ),
    WeightFile(
        name="clip-tokenizer",
        file="clip-tokenizer.json",
        address="hub:timm/resnet50_clip.openai/tokenizer.json",
        revision="ec3d92cf63a5f9d591f0d611b736895966c73076",
        licence="MIT",
        megabytes=2.3,
        trained_on=(),
        source="https://huggingface.co/timm/resnet50_clip.openai",
    ),
    WeightFile(
        name="liqe-koniq",
        file="liqe_koniq.pt",
        address=_PYIQA + "liqe_koniq.pt",
        licence=_PYIQA_LICENCE,
        megabytes=353.5,
        trained_on=(_OPENAI, "koniq10k:train"),
        source=_LIQE,
    ),
    WeightFile(
        name="liqe-mix",
        file="liqe_mix.pt",
        address=_PYIQA + "liqe_mix.pt",
        licence=_PYIQA_LICENCE,
        megabytes=353.5,
        trained_on=(_OPENAI, "live", "csiq", "kadid10k", "bid", "live_challenge", "koniq10k"),
        source=_LIQE,
    ),
    WeightFile(
        name="laion-v1-vit-l-14",
        file="sa_0_4_vit_l_14_linear.pth",
        address=f"{_V1}/raw/{_V1_L}/sa_0_4_vit_l_14_linear.pth",
        sha256="2cd4e60f4f24ae3bcd57b847b13c1f3ba27edc28cc1a7f9ce74ee9f421243cba",
        licence="MIT",
        megabytes=0.01,
        trained_on=(f"{_SAC}: 5,000 ratings",),
        source=_V1,
    ),
    WeightFile(
        name="laion-v1-vit-b-32",
        file="sa_0_4_vit_b_32_linear.pth",
        address=f"{_V1}/raw/{_V1_B}/sa_0_4_vit_b_32_linear.pth",
        sha256="c7b14cead230694acc7b9447974d3cad78003c72da032e402a303b6c2429e85f",
        licence="MIT",
        megabytes=0.01,
        trained_on=(f"{_SAC}: 5,000 ratings",),
        source=_V1,
    ),
    WeightFile(
        name="laion-v1-vit-b-16",
        file="sa_0_4_vit_b_16_linear.pth",
        address=f"{_V1}/raw/{_V1_L}/sa_0_4_vit_b_16_linear.pth",
        sha256="8ad3923d7ecf019df20ecd2ab5542a3075fbba0278d239c0371345f3d7fcbde0",
        licence="MIT",
        megabytes=0.01,
        trained_on=(f"{_SAC}: 5,000 ratings",),
        source=_V1,
    ),
    WeightFile(
        name="laion-v2-vit-l-14",
        file="sac+logos+ava1-l14-linearMSE.pth",
        address="https://github.com/christophschuhmann/improved-aesthetic-predictor/raw/"
        "6934dd81792f086e613a121dbce43082cb8be85e/sac%2Blogos%2Bava1-l14-linearMSE.pth",
        sha256="21dd590f3ccdc646f0d53120778b296013b096a035a2718c9cb0d511bff0f1e0",
        licence="Apache-2.0",
        megabytes=3.7,
        trained_on=(_SAC, "LAION-Logos", "ava"),
        source=_V2,
    ),
    WeightFile(
        name="nima-mobilenet-aesthetic",
        file="weights_mobilenet_aesthetic_0.07.hdf5",
        address=_IDEALO + "/raw/master/models/MobileNet/weights_mobilenet_aesthetic_0.07.hdf5",
        licence="Apache-2.0",
        megabytes=13.1,
        trained_on=("imagenet", "ava"),
        source=_IDEALO,
    ),
    WeightFile(
        name="nima-mobilenet-technical",
        file="weights_mobilenet_technical_0.11.hdf5",
        address=_IDEALO + "/raw/master/models/MobileNet/weights_mobilenet_technical_0.11.hdf5",
        licence="Apache-2.0",
        megabytes=13.1,
        trained_on=("imagenet", "tid2013"),
        source=_IDEALO,
    ),
    WeightFile(
        name="nima-inception-resnet-v2-ava",
        file="NIMA_InceptionV2_ava-b0c77c00.pth",
        address=_PYIQA + "NIMA_InceptionV2_ava-b0c77c00.pth",
        revision="c753dca46d76714c9bb7849eadc2bd5854716320",
        sha256="b0c77c00c789565be8e6af96c1641bbad716c1592bff1cdc749c6006b95bd34e",
        licence=_PYIQA_LICENCE,
        megabytes=218.1,
        trained_on=("imagenet", "ava:train"),
        source=_NIMA,
    ),
    WeightFile(
        name="nima-vgg16-ava",
        file="NIMA_VGG16_ava-dc4e8265.pth",
        address=_PYIQA + "NIMA_VGG16_ava-dc4e8265.pth",
        revision="d2af2e56a564959ea8bb989b78add5c4371046c5",
        sha256="dc4e8265bee9475027f321adcb4241bb0ec15722c955d53e3869492b7f33ab34",
        licence=_PYIQA_LICENCE,
        megabytes=58.9,
        trained_on=("imagenet", "ava:train"),
        source=_NIMA,
    ),
    *(
        WeightFile(
            name=f"musiq-{data}",
            file=f"{data}_ckpt.npz",
            address=f"{_MUSIQ_FILES}{data}_ckpt.npz",
            licence="Apache-2.0",
            megabytes=163.0,
            trained_on=("imagenet", seen),
            source=_MUSIQ,
        )
        for data, seen in (("koniq", "koniq10k"), ("spaq", "spaq"), ("ava", "ava"))
    ),
)

TABLE: dict[str, WeightFile] = {one.name: one for one in _FILES}
"""The files by name."""


def weight_file(name: str) -> WeightFile:
    """Look a file up.

    Raises:
        UnknownNameError: There is no such file in the table.
    """
    if name not in TABLE:
        raise UnknownNameError("weight file", name, TABLE)
    return TABLE[name]
