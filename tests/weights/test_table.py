"""The table of weight files: complete, consistent, and leading where it says."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sim_bench.benchmark.contamination import contamination
from sim_bench.registry import DATASETS, dataset_class
from sim_bench.weights.table import TABLE, WeightFile, weight_file

NAMES = {
    "clip-rn50-openai",
    "clip-tokenizer",
    "liqe-koniq",
    "liqe-mix",
    "laion-v1-vit-l-14",
    "laion-v1-vit-b-32",
    "laion-v1-vit-b-16",
    "laion-v2-vit-l-14",
    "nima-mobilenet-aesthetic",
    "nima-mobilenet-technical",
    "nima-inception-resnet-v2-ava",
    "nima-vgg16-ava",
    "musiq-koniq",
    "musiq-spaq",
    "musiq-ava",
}
MET = {
    "liqe-koniq": {"koniq10k"},
    "liqe-mix": {"kadid10k", "koniq10k", "live_challenge", "tid2013"},
    "laion-v2-vit-l-14": {"ava"},
    "nima-mobilenet-aesthetic": {"ava"},
    "nima-mobilenet-technical": {"tid2013"},
    "nima-inception-resnet-v2-ava": {"ava"},
    "nima-vgg16-ava": {"ava"},
    "musiq-koniq": {"koniq10k"},
    "musiq-spaq": {"spaq"},
    "musiq-ava": {"ava"},
}
"""Data sets with a reader here of which weights have seen photos; the others have seen none."""

every = pytest.mark.parametrize("entry", TABLE.values(), ids=TABLE)


@pytest.fixture(autouse=True)
def _no_mirror(cabinet):
    """Addresses as published."""


def test_every_method_has_its_files():
    assert set(TABLE) == NAMES


@every
def test_the_facts_of_a_file_are_complete(entry):
    assert re.fullmatch(r"[a-z0-9-]+", entry.name)
    assert urlsplit(entry.url).scheme == "https"
    assert urlsplit(entry.source).scheme == "https"
    assert entry.licence
    assert 0 < entry.megabytes < 1000
    assert entry.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", entry.sha256)
    assert entry.kept_file.endswith((".safetensors", ".npz", ".hdf5", ".json"))
    more = 1.25 if entry.sha256 else 2
    assert entry.most_bytes == pytest.approx(more * entry.megabytes * 1e6 + 1e6)


@every
def test_a_benchmark_on_photos_that_weights_have_seen_marks_them(entry):
    """So the data sets must be spelt as their readers spell them."""
    infos = [dataset_class(name).info for name in DATASETS]
    met = {
        info.name
        for info in infos
        if contamination({"m": entry.trained_on}, (info.name, *info.shares_photos_with))
    }
    assert met == MET.get(entry.name, set())


def test_no_two_files_share_a_name_in_a_folder_of_copies():
    files = [entry.file for entry in TABLE.values()]
    files += [entry.kept_file for entry in TABLE.values() if entry.is_pickle]
    assert len(set(files)) == len(files)


def test_a_hub_file_is_addressed_by_repository_revision_and_path(monkeypatch):
    url = weight_file("nima-vgg16-ava").url
    commit = "d2af2e56a564959ea8bb989b78add5c4371046c5"
    place = f"/chaofengc/IQA-PyTorch-Weights/resolve/{commit}/NIMA_VGG16_ava-dc4e8265.pth"
    assert url == f"https://huggingface.co{place}"
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example/")
    assert weight_file("nima-vgg16-ava").url == f"https://hub.example{place}"


def test_a_mirror_has_every_file_by_its_name(monkeypatch):
    monkeypatch.setenv("SIM_BENCH_WEIGHTS_MIRROR", "https://mirror.example/all/")
    url = weight_file("laion-v2-vit-l-14").url
    assert url == "https://mirror.example/all/sac%2Blogos%2Bava1-l14-linearMSE.pth"


def test_a_file_name_with_dots_keeps_them_when_it_is_converted():
    entry = WeightFile("x", "a_0.07.pth", "https://x", "MIT", 1.0, (), "https://x")
    assert entry.is_pickle
    assert entry.kept_file == "a_0.07.safetensors"


def test_the_page_of_the_cabinet_lists_every_file_with_its_licence_and_trust():
    page = (Path(__file__).parents[2] / "docs" / "weights.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    told = {name.strip(" `"): row for row in rows for name in row[1].split(",")}
    for name, entry in TABLE.items():
        _, _, _, megabytes, licence, _, trust, _ = told[name]
        assert float(megabytes) == pytest.approx(entry.megabytes, rel=0.03)
        assert licence.strip() == entry.licence
        assert trust.strip() == ("known" if entry.sha256 else "first use")
