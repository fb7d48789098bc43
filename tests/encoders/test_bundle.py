import json
import shutil
from pathlib import Path

import pytest

from sim_bench.encoders import Bundle, open_bundle, seal
from sim_bench.encoders import bundle as bundle_module
from sim_bench.encoders.bundle import REQUIRED, VISUAL
from sim_bench.encoders.settings import FileRecord, ModelConfig
from sim_bench.errors import BundleError
from tests.encoders.tiny import CONTEXT, DIM, write_bundle


def test_an_unsealed_folder_opens_as_the_published_ones_do(bundle: Bundle) -> None:
    assert (bundle.name, bundle.licence, bundle.manifest) == ("tiny", "unknown", None)
    assert bundle.dim == DIM
    assert bundle.config.text_cfg.context_length == CONTEXT
    assert bundle.config.text_cfg.clean == "lower"
    with pytest.raises(BundleError, match=r"no manifest\.json to check"):
        bundle.verify()


@pytest.mark.filterwarnings("ignore:A text of")
def test_sealing_writes_golden_vectors_and_a_manifest(bundle: Bundle) -> None:
    sealed = seal(bundle.folder, name="Tiny/one", licence="MIT", source="a formula", version="2")
    assert (sealed.name, sealed.licence, sealed.source) == ("Tiny/one", "MIT", "a formula")
    assert sealed.manifest is not None
    assert sealed.manifest.version == "2"
    assert set(sealed.manifest.files) == {*REQUIRED, "golden.json"}
    sealed.verify()
    # Hashed or read from the manifest, it is the same.
    assert sealed.fingerprint == bundle.fingerprint
    assert sealed.text_fingerprint == bundle.text_fingerprint
    assert sealed.records == sealed.manifest.files


def test_fingerprints_depend_on_their_own_tower(bundle: Bundle) -> None:
    assert bundle.fingerprint != bundle.text_fingerprint
    path = bundle.path("visual/preprocess_cfg.json")
    path.write_text(path.read_text().replace("bicubic", "bilinear"))
    changed = open_bundle(bundle.folder)
    assert changed.fingerprint
    assert changed.fingerprint != bundle.fingerprint
    assert changed.text_fingerprint == bundle.text_fingerprint
    path = bundle.path("textual/tokenizer_config.json")
    path.write_text('{"pad_token": "a"}')
    assert open_bundle(bundle.folder).text_fingerprint != bundle.text_fingerprint
    assert open_bundle(bundle.folder).fingerprint == changed.fingerprint


def test_weights_beside_the_model_belong_to_it(bundle: Bundle) -> None:
    before = bundle.fingerprint
    bundle.path("visual/model.armnn").write_bytes(b"another runtime's")
    bundle.path("visual/notes.md").write_text("words")
    assert open_bundle(bundle.folder).fingerprint == before
    bundle.path("visual/Constant_7_attr__value").write_bytes(b"weights")
    assert open_bundle(bundle.folder).fingerprint != before


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_file_is_named(bundle: Bundle, name: str) -> None:
    bundle.path(name).unlink()
    with pytest.raises(BundleError, match="no complete bundle") as caught:
        open_bundle(bundle.folder)
    assert name in str(caught.value)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"absent is not a folder"):
        open_bundle(tmp_path / "absent")


@pytest.mark.filterwarnings("ignore:A text of")
def test_an_altered_file_is_found(bundle: Bundle) -> None:
    sealed = seal(bundle.folder, name="n", licence="MIT", source="s")
    path = sealed.path("visual/model.onnx")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(BundleError, match=r"model\.onnx is not the file that the manifest records"):
        open_bundle(sealed.folder).verify()
    path.write_bytes(bytes(content[:-1]))
    with pytest.raises(BundleError, match=r"model\.onnx is missing or not of the"):
        open_bundle(sealed.folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("config.json", "{", "config.json: .*JSON"),
        ("config.json", "{}", "config.json: key 'embed_dim': Field required"),
        ("config.json", '{"embed_dim": "wide"}', "key 'embed_dim': .*integer"),
        ("visual/preprocess_cfg.json", '{"size": 8, "gamma": 2}', "key 'gamma': Extra inputs"),
        ("visual/preprocess_cfg.json", '{"size": 8, "resize_mode": "fit"}', "key 'resize_mode'"),
        ("visual/preprocess_cfg.json", '{"size": 8, "interpolation": "lanczos"}', "interpolation"),
        ("visual/preprocess_cfg.json", '{"size": 0}', "key 'size"),
        ("visual/preprocess_cfg.json", '{"size": 8, "std": [1, 0, 1]}', "key 'std"),
        ("manifest.json", '{"name": "n"}', "manifest.json: key 'version'"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    bundle: Bundle, name: str, content: str, message: str
) -> None:
    bundle.path(name).write_text(content)
    with pytest.raises(BundleError, match=message):
        open_bundle(bundle.folder)


def test_absent_settings_take_open_clips_defaults(bundle: Bundle) -> None:
    bundle.path("visual/preprocess_cfg.json").write_text('{"size": [224, 200], "mean": null}')
    bundle.path("config.json").write_text('{"embed_dim": 6, "text_cfg": {}}')
    opened = open_bundle(bundle.folder)
    assert opened.config.text_cfg.context_length == 77
    assert (opened.preprocessing.height, opened.preprocessing.width) == (224, 200)
    assert opened.preprocessing.mean == (0.48145466, 0.4578275, 0.40821073)
    assert opened.preprocessing.std == (0.26862954, 0.26130258, 0.27577711)
    assert opened.preprocessing.interpolation == "bicubic"
    assert opened.preprocessing.resize_mode == "shortest"


def test_the_folder_may_move(bundle: Bundle, tmp_path: Path) -> None:
    shutil.move(bundle.folder, tmp_path / "a b é")
    assert (
        open_bundle(tmp_path / "a b é").fingerprint
        == open_bundle(write_bundle(tmp_path / "again")).fingerprint
    )


def test_text_settings_of_the_siglip_family(bundle: Bundle) -> None:
    text = {"context_length": 64, "tokenizer_kwargs": {"clean": "canonicalize", "strip": 1}}
    bundle.path("config.json").write_text(json.dumps({"embed_dim": 6, "text_cfg": text}))
    config = open_bundle(bundle.folder).config
    assert config.text_cfg.context_length == 64
    assert config.text_cfg.clean == "canonicalize"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ({}, "lower"),
        ({"hf_tokenizer_name": "xlm-roberta-base"}, "whitespace"),
        ({"hf_tokenizer_name": "x", "tokenizer_kwargs": {"clean": "canonicalize"}}, "canonicalize"),
    ],
)
def test_cleaning_is_open_clips_default_unless_it_is_named(
    text: dict[str, object], expected: str
) -> None:
    assert ModelConfig.model_validate({"embed_dim": 4, "text_cfg": text}).text_cfg.clean == expected


def test_without_a_manifest_a_file_is_hashed_once_per_process(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    record_of = bundle_module.record_of

    def watched(path: Path) -> FileRecord:
        hashed.append(path.name)
        return record_of(path)

    monkeypatch.setattr(bundle_module, "record_of", watched)
    first = open_bundle(bundle.folder).fingerprint
    assert open_bundle(bundle.folder).fingerprint == first
    assert sorted(hashed) == ["model.onnx", "preprocess_cfg.json"]
    bundle.path(VISUAL).write_bytes(bundle.path(VISUAL).read_bytes() + b"more")
    assert open_bundle(bundle.folder).fingerprint != first
