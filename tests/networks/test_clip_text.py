import json
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from sim_bench.encoders.tokenizer import LongPromptWarning
from sim_bench.errors import WeightsError
from sim_bench.networks.clip_text import ClipTexts, text_graph, unit
from sim_bench.networks.clip_tokenizer import ClipTokenizer
from sim_bench.networks.network import Network
from sim_bench.weights.tensors import Tensors
from tests.reference.clip_iqa.weights import SMALL, TOKENIZER, state_dict

START, END = 49406, 49407
SIZE = {"width": SMALL.text_width, "layers": SMALL.text_layers, "heads": 1, "dim": SMALL.dim}
STATE = {k: v for k, v in state_dict(SMALL).items() if not k.startswith("visual.")}
RECORDED = json.loads(TOKENIZER.with_name("scores.json").read_text(encoding="utf-8"))


def texts(state=STATE, **options):
    return ClipTexts(Tensors(state, "made.safetensors"), TOKENIZER, **SIZE, **options)


@pytest.fixture(scope="module")
def network():
    return Network(text_graph(Tensors(STATE, "made"), **SIZE), source="made")


def run(network, rows):
    ids = np.zeros((len(rows), 77), dtype=np.int32)
    for row, given in zip(ids, rows, strict=True):
        row[: len(given)] = given
    return network.run(ids, len(rows), SMALL.dim)


def test_prompts_get_the_ids_of_openai_clip():
    tokenizer = ClipTokenizer(TOKENIZER)
    for text, ids in RECORDED["tokens"].items():
        assert tokenizer([text])[0].tolist() == ids + [0] * (77 - len(ids)), text


def test_case_white_space_and_entities_do_not_matter():
    rows = ClipTokenizer(TOKENIZER)(["Noise-free image", "  NOISE&#45;FREE \n image "])
    assert (rows[0] == rows[1]).all()


def test_a_text_that_is_too_long_is_cut_with_the_end_kept_and_one_warning():
    tokenizer = ClipTokenizer(TOKENIZER)
    with pytest.warns(LongPromptWarning, match="102 tokens was cut to the model's 77: 'photo"):
        row = tokenizer(["photo " * 100])[0]
    assert row[0] == START
    assert row[-1] == END
    assert (row[1:-1] == row[1]).all()
    tokenizer(["photo " * 100])  # a second warning would be an error


def test_a_text_that_spells_the_end_token_has_one_end():
    row = ClipTokenizer(TOKENIZER)(["<|endoftext|>"])[0]
    assert (row == END).sum() == 1


def test_a_file_that_is_no_tokenizer_of_clip_is_refused(tmp_path):
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    Tokenizer(WordLevel({"a": 0}, unk_token="a")).save(str(tmp_path / "words.json"))
    bare = json.loads(TOKENIZER.read_text(encoding="utf-8"))
    bare["added_tokens"] = []
    del bare["model"]["vocab"]["<|startoftext|>"]
    (tmp_path / "bare.json").write_text(json.dumps(bare), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"broken\.json cannot be read"):
        ClipTokenizer(tmp_path / "broken.json")
    with pytest.raises(WeightsError, match=r"words\.json is no tokenizer of CLIP"):
        ClipTokenizer(tmp_path / "words.json")
    with pytest.raises(WeightsError, match=r"bare\.json.*no token '<\|startoftext\|>'"):
        ClipTokenizer(tmp_path / "bare.json")


def test_the_first_end_token_is_the_text_and_nothing_after_it_matters(network):
    one, more = run(network, [[START, 400, 500, END], [START, 400, 500, END, 7, END, END, 9]])
    assert one == pytest.approx(more, abs=1e-6)


def test_order_and_place_of_words_matter(network):
    there, back, later = run(
        network, [[START, 400, 500, END], [START, 500, 400, END], [START, 0, 400, 500, END]]
    )
    assert np.abs(there - back).max() > 0.01
    assert np.abs(there - later).max() > 0.01


def test_texts_are_unit_vectors_and_company_does_not_matter():
    tower = texts()
    together = tower.encode(["Good photo.", "Bad photo.", "sharp edges"])
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(3), abs=1e-6)
    assert (tower.encode(["Bad photo."])[0] == together[1]).all()
    assert tower.encode([]).shape == (0, SMALL.dim)


def test_the_cleaning_is_ours_whatever_the_file_says(tmp_path):
    """The published file cleans again, and would compose accents that were written as entities."""
    content = json.loads(TOKENIZER.read_text(encoding="utf-8"))
    path = tmp_path / "tokenizer.json"
    content["normalizer"] = {"type": "Prepend", "prepend": "x"}
    path.write_text(json.dumps(content), encoding="utf-8")
    given = ["Good photo.", "Noise-free image"]
    assert (ClipTokenizer(path)(given) == ClipTokenizer(TOKENIZER)(given)).all()


def test_one_string_is_refused():
    with pytest.raises(ValueError, match="list of texts"):
        texts().encode("Good photo.")


@pytest.mark.parametrize("name", sorted(set(STATE) - {"logit_scale"}))
def test_every_array_is_needed_and_checked(name):
    with pytest.raises(WeightsError, match="made.safetensors.*it has no"):
        texts({k: v for k, v in STATE.items() if k != name})
    for wrong in (STATE[name][..., :-1], np.full_like(STATE[name], np.nan)):
        with pytest.raises(WeightsError, match=f"made.safetensors.*'{name}'"):
            texts({**STATE, name: wrong})


def test_a_tokenizer_with_more_tokens_than_the_network_is_refused():
    few = {**STATE, "token_embedding.weight": STATE["token_embedding.weight"][:1000]}
    with pytest.raises(WeightsError, match="token 49407, and the network 1000 tokens"):
        texts(few, vocabulary=1000).encode(["Good photo."])


def test_a_vector_without_length_is_refused():
    with pytest.raises(WeightsError, match="made gives a vector of length 0"):
        unit(np.zeros((1, 3), dtype=np.float32), "made")


def test_a_tokenizer_that_is_not_there_is_an_error():
    missing = ClipTexts(Tensors(STATE, "made"), Path("nowhere.json"), **SIZE)
    with pytest.raises(WeightsError, match=r"nowhere\.json"):
        missing.encode(["Good photo."])
