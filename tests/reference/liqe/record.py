"""Record what pyiqa's LIQE says of the reference pictures, with random weights.

Run in the repository, with torch 2.15.0, torchvision 0.29.2, pyiqa 0.1.16, openai-clip 1.0.1,
tokenizers 0.23.3 and Pillow 13.0.0 (the tests need the last two only; nothing is downloaded):

    PYTHONPATH=. python tests/reference/liqe/record.py

The weights go through pyiqa's own loader, in the layout of the file that it would download. pyiqa
does not resize; for "demo" its network is fed the crops that the authors' `demo.py` makes: a Pillow
image, torchvision's Resize, unfold. Pictures below 224 pixels are enlarged by torchvision first. Of
fewer than 15 windows each is taken once, as pyiqa does. The tokenizer that is written has the words
of LIQE's prompts only; the vocabulary is OpenAI's (MIT).
"""

import hashlib
import json
import sys
import tempfile
from importlib.metadata import version
from itertools import pairwise, product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import packaging.version
import torch
from PIL import Image
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers
from torchvision import transforms
from torchvision.transforms.functional import InterpolationMode

from tests.reference.liqe.weights import FULL, LARGE, SMALL, all_photos, checksum, state_dict
from tests.reference.photos import SIZES, digest

# openai-clip asks setuptools for it, which no longer brings it.
sys.modules.setdefault("pkg_resources", SimpleNamespace(packaging=packaging))

import clip  # noqa: E402
from clip.simple_tokenizer import SimpleTokenizer  # noqa: E402
from pyiqa.archs import liqe_arch  # noqa: E402
from pyiqa.archs.clip_model import build_model  # noqa: E402

HERE = Path(__file__).parent
MIX = [
    f"a photo of a {scene} with {damage} artifacts, which is of {quality} quality"
    for quality, scene, damage in product(liqe_arch.qualitys, liqe_arch.scenes, liqe_arch.dists_map)
]
KONIQ = [f"a photo with {quality} quality" for quality in liqe_arch.qualitys]


def network(state, folder, mtl):
    """pyiqa's LIQE with these weights, read by its own loader from a file."""
    tensors = {name: torch.from_numpy(array) for name, array in state.items()}
    path = folder / "liqe.pt"
    torch.save({"params": {f"clip_model.{name}": one for name, one in tensors.items()}}, path)
    blank = {name: torch.zeros_like(one) for name, one in tensors.items()}
    liqe_arch.load = lambda *_: build_model(dict(blank)).float()
    liqe_arch.DEFAULT_CACHE_DIR = tempfile.mkdtemp(dir=folder)  # it would keep vectors of texts
    return liqe_arch.LIQE(pretrained=False, pretrained_model_path=str(path), mtl=mtl).eval()


def enlarged(rgb):
    image = Image.fromarray(rgb)
    if min(image.size) < 224:
        image = transforms.Resize(224, InterpolationMode.BILINEAR)(image)
    return image


def native(net, rgb):
    return net(transforms.ToTensor()(enlarged(rgb))[None]).item()


def demo(net, rgb):
    """Probabilities of the prompts by the authors' pipeline, shape (5, 9, 11)."""
    image = enlarged(rgb)
    if min(image.size) >= 768:
        image = transforms.Resize(768, InterpolationMode.BILINEAR)(image)
    x = transforms.ToTensor()(image)[None]
    x = (x - net.default_mean) / net.default_std
    step = 48 if max(x.shape[2:]) >= 1024 else 32
    windows = x.unfold(2, 224, step).unfold(3, 224, step)
    windows = windows.permute(2, 3, 0, 1, 4, 5).reshape(-1, 3, 224, 224)
    count = min(15, len(windows))
    crops = windows[len(windows) // count * torch.arange(count)]
    vectors = net.clip_model.encode_image(crops, pos_embedding=True)
    vectors = vectors / vectors.norm(dim=1, keepdim=True)
    logits = net.clip_model.logit_scale.exp() * vectors @ net.text_features.T
    return logits.mean(0).softmax(0).reshape(5, 9, 11).numpy()


def entry(p):
    return {
        "score": float(p.sum((1, 2)) @ np.arange(1, 6)),
        "scenes": p.sum((0, 2)).tolist(),
        "distortions": p.sum((0, 1)).tolist(),
    }


def record(shape, folder, natives, demos):
    state = state_dict(shape)
    mix = network(state, folder, mtl=True)
    koniq = network(state, folder, mtl=False)
    return {
        "weights": checksum(state),
        "native_mix": [native(mix, rgb) for rgb in natives],
        "native_koniq": [native(koniq, rgb) for rgb in natives],
        "demo_mix": [entry(demo(mix, rgb)) for rgb in demos],
    }


def write_tokenizer(path):
    """CLIP's tokenizer, cut down to the words of the prompts; ids are the true ones."""
    full = SimpleTokenizer()
    vocabulary = {token: full.encoder[token] for token in ("<|startoftext|>", "<|endoftext|>")}
    merges = set()
    words = {word for text in MIX + KONIQ for word in full.pat.findall(text)}
    for word in words:
        parts = [*word[:-1], f"{word[-1]}</w>"]
        while True:
            vocabulary |= {part: full.encoder[part] for part in parts}
            ranks = [full.bpe_ranks.get(two, np.inf) for two in pairwise(parts)]
            if not ranks or min(ranks) == np.inf:
                break
            best = tuple(parts[(k := int(np.argmin(ranks))) : k + 2])
            merges.add(best)
            # Every place of the best pair, from the left.
            k, joined = 0, []
            while k < len(parts):
                pair = tuple(parts[k : k + 2]) == best
                joined.append("".join(parts[k : k + 1 + pair]))
                k += 1 + pair
            parts = joined
        assert parts == full.bpe(word).split(), word
    model = models.BPE(
        vocab=vocabulary,
        merges=sorted(merges, key=full.bpe_ranks.__getitem__),
        end_of_word_suffix="</w>",
        unk_token="<|endoftext|>",
    )
    tokenizer = Tokenizer(model)
    pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.add_special_tokens([AddedToken("<|startoftext|>"), AddedToken("<|endoftext|>")])
    tokenizer.save(str(path), pretty=False)


def main():
    torch.set_grad_enabled(False)
    pictures = all_photos()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = record(SMALL, folder, pictures, pictures)
        full = record(FULL, folder, pictures[: len(SIZES)], pictures[len(SIZES) :])
    packages = ("pyiqa", "torch", "torchvision", "openai-clip", "tokenizers", "pillow", "numpy")
    found = {
        "made_with": {package: version(package) for package in packages},
        "photos": digest(),
        "sizes": [rgb.shape[:2] for rgb in pictures],
        "large": LARGE,
        "mix_tokens": hashlib.sha256(clip.tokenize(MIX).numpy().astype("<i4")).hexdigest(),
        "koniq_tokens": clip.tokenize(KONIQ).tolist(),
        "small": small,
        "full": full,
    }
    (HERE / "scores.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_tokenizer(HERE / "tokenizer.json")


if __name__ == "__main__":
    main()
