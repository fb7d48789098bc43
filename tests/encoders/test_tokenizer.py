import json
import warnings

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from sim_bench.encoders import Bundle, open_bundle
from sim_bench.encoders.tokenizer import BundleTokenizer, LongPromptWarning, clean
from sim_bench.errors import BundleError
from tests.encoders.tiny import CONTEXT, END, START, tokenizer

VOCABULARY = tokenizer().get_vocab()


@pytest.mark.parametrize(
    ("text", "how", "expected"),
    [
        # By hand from open_clip's cleaning functions.
        ("  A \t Photo\n", "lower", "a photo"),
        ("A Photo", "whitespace", "A Photo"),
        ("caf&amp;eacute;", "lower", "café"),
        ("itâ€™s", "lower", "it's"),
        ("Rule-of-thirds, please!", "canonicalize", "ruleofthirds please"),
        ("leading_lines", "canonicalize", "leading lines"),
        ("leading_lines", "lower", "leading_lines"),
        ("", "lower", ""),
    ],
)
def test_cleaning(text: str, how: str, expected: str) -> None:
    assert clean(text, how) == expected


def ids(*tokens: str) -> list[int]:
    return [VOCABULARY[token] for token in tokens]


def test_a_text_lies_between_start_and_end_and_is_padded_with_zeros(bundle: Bundle) -> None:
    rows = BundleTokenizer(bundle)(["The  THE", ""])
    assert rows.dtype == np.int32
    assert rows.shape == (2, CONTEXT)
    whole = ids(START, "the</w>", "the</w>", END)
    assert rows[0].tolist() == whole + [0] * (CONTEXT - len(whole))
    assert rows[1].tolist() == ids(START, END) + [0] * (CONTEXT - 2)


def test_accents_are_bytes(bundle: Bundle) -> None:
    """U+00E9 is C3 A9 in UTF-8, which CLIP's byte alphabet writes as Ã and ©."""
    row = BundleTokenizer(bundle)(["é"])[0]
    assert row[:4].tolist() == ids(START, "Ã", "©</w>", END)


def test_a_prompt_that_spells_a_special_token_is_text(bundle: Bundle) -> None:
    with pytest.warns(LongPromptWarning, match="17 tokens"):
        row = BundleTokenizer(bundle)([START])[0]
    assert row[:4].tolist() == ids(START, "<", "|</w>", "s")


def test_a_long_text_is_cut_with_one_warning_that_quotes_it(bundle: Bundle) -> None:
    tokenize = BundleTokenizer(bundle)
    text = "the " * 20
    with pytest.warns(LongPromptWarning, match=r"22 tokens .* 12: 'the the") as caught:
        row = tokenize([text, text])[0]
    assert len(caught) == 1
    assert row.tolist() == ids(START, *["the</w>"] * (CONTEXT - 2), END)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tokenize([text])
        tokenize(["the " * (CONTEXT - 2)])


def test_another_family_keeps_its_normaliser_and_padding(bundle: Bundle) -> None:
    """As the SigLIP family: an end token but no start token, a padding token of its own."""
    words = Tokenizer(WordLevel({"<pad>": 7, "</s>": 1, "<unk>": 2, "photo": 3}, "<unk>"))
    words.normalizer = Lowercase()
    words.pre_tokenizer = Whitespace()
    words.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    words.enable_truncation(3)
    words.enable_padding(pad_id=0)
    words.save(str(bundle.path("textual/tokenizer.json")))
    bundle.path("textual/tokenizer_config.json").write_text('{"pad_token": "<pad>"}')
    text = {"context_length": 4, "tokenizer_kwargs": {"clean": "whitespace"}}
    bundle.path("config.json").write_text(json.dumps({"embed_dim": 6, "text_cfg": text}))
    tokenize = BundleTokenizer(open_bundle(bundle.folder))
    assert tokenize(["PHOTO"]).tolist() == [[3, 1, 7, 7]]
    with pytest.warns(LongPromptWarning):
        assert tokenize(["photo " * 5]).tolist() == [[3, 3, 3, 1]]


def test_errors_name_the_file(bundle: Bundle) -> None:
    config = bundle.path("textual/tokenizer_config.json")
    config.write_text('{"pad_token": "<nothing>"}')
    with pytest.raises(BundleError, match=r"'<nothing>' is no token of .*tokenizer\.json"):
        BundleTokenizer(open_bundle(bundle.folder))
    config.write_text("{}")
    with pytest.raises(BundleError, match=r"tokenizer_config\.json: key 'pad_token' is missing"):
        BundleTokenizer(open_bundle(bundle.folder))
    bundle.path("textual/tokenizer.json").write_text("{}")
    with pytest.raises(BundleError, match=r"tokenizer\.json cannot be read by the tokenizers"):
        BundleTokenizer(open_bundle(bundle.folder))
