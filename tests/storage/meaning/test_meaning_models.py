"""Models that read meaning: found without running anything, pinned, refused in one sentence, and what they compute."""

from __future__ import annotations

import hashlib
import lzma
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from storage.errors import ModelUnusable
from storage.meaning.encoders import CrossEncoder, SentenceEncoder
from storage.meaning.loaded_models import LoadedModels
from storage.meaning.model_files import KNOWN_MODELS, ModelFiles, find_model
from storage.meaning.tokenizing import BUILT_IN_VOCABULARY, load_tokenizer
from storage.models import MeaningOptions, ModelChoice
from tests.support.meaning import CROSS_ENCODER, MODEL, SETTING, needs_cross_encoder, needs_weights

CONTENT = b"no model"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the file of a model that Cuepoint does not know."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.onnx").write_bytes(CONTENT)
    return tmp_path / "model"


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(find_model(MODEL, {"en"}))


def refusal(name: str) -> str:
    """The sentence that refuses a model."""
    with pytest.raises(ModelUnusable) as refused:
        find_model(ModelChoice(name, SETTING), {"en"})
    assert str(refused.value).startswith(f"{SETTING} cannot be used: ")
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_model_that_nobody_pinned_is_refused_with_the_hash_to_write(folder: Path) -> None:
    told = refusal(str(folder))
    assert "none that Cuepoint knows" in told
    pinned = told.rpartition("write ")[2]
    assert pinned == f"{folder}@sha256:{SHA256}"
    found = find_model(ModelChoice(pinned, SETTING), {"fr", "en"})
    assert (found.model, found.sha256, found.languages) == (folder / "model.onnx", SHA256, ("en", "fr"))


def test_a_model_with_another_hash_than_the_pinned_one_is_refused(folder: Path) -> None:
    assert f"has the sha256 {SHA256}, not {'0' * 64}" in refusal(f"{folder}@sha256:{'0' * 64}")


def test_a_package_whose_file_was_changed_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(folder.parent)
    (folder / "__init__.py").write_text("")
    assert "none that Cuepoint knows" in refusal("model")


def test_a_package_is_found_without_running_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = folder.parent / "package_of_a_model"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('it was run')")
    (package / "data" / "model.onnx").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(folder.parent)
    found = find_model(ModelChoice(f"package_of_a_model/data@sha256:{SHA256}", SETTING), {"en"})
    assert found.model == package / "data" / "model.onnx"
    assert package.name not in sys.modules


@pytest.mark.parametrize("name", ["no_such_package", "no such package", "no.such.package", "", "sys", "@sha256:1"])
def test_what_is_no_package_is_refused_with_the_command_that_helps(name: str) -> None:
    assert "pip install 'cuepoint[meaning]'" in refusal(name)


def test_a_module_that_is_there_is_not_called_missing() -> None:
    assert "os has no model.onnx" in refusal("os")


def test_a_package_may_be_written_as_it_is_installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = folder.parent / "model_with_dashes"
    folder.rename(package)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(package.parent)
    assert find_model(ModelChoice(f"model-with-dashes@sha256:{SHA256}", SETTING), {"en"}).model.parent == package


@needs_weights
async def test_a_wrong_cross_encoder_is_refused_when_the_encoder_is_loaded() -> None:
    wrong = ModelChoice(MODEL.name, "CUEPOINT_CROSS_ENCODER")
    models = LoadedModels(MeaningOptions(MODEL, frozenset(), wrong))
    with pytest.raises(ModelUnusable, match=r"^CUEPOINT_CROSS_ENCODER: .* it is no cross-encoder"):
        await models.encoder()


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    assert f"no model.onnx to read in {tmp_path}" in refusal(str(tmp_path))


@pytest.mark.parametrize("missing", ["onnxruntime", "tokenizers"])
def test_a_missing_extra_is_one_sentence_that_names_it(
    missing: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    if missing == "tokenizers":
        monkeypatch.setitem(sys.modules, "onnxruntime", type(sys)("onnxruntime"))
    with pytest.raises(ModelUnusable) as refused:
        SentenceEncoder(find_model(ModelChoice(f"{folder}@sha256:{SHA256}", SETTING), {"en"}))
    assert str(refused.value) == (
        f"{folder} cannot be used without the package {missing}: pip install 'cuepoint[meaning]'"
    )


@needs_weights
def test_a_file_that_is_no_model_is_refused(folder: Path) -> None:
    with pytest.raises(ModelUnusable, match="onnxruntime cannot load it"):
        SentenceEncoder(find_model(ModelChoice(f"{folder}@sha256:{SHA256}", SETTING), {"en"}))


@needs_weights
def test_what_is_no_tokenizer_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelUnusable, match="is no tokenizer"):
        SentenceEncoder(find_model(ModelChoice(f"{folder}@sha256:{SHA256}", SETTING), {"en"}))


@needs_weights
def test_an_encoder_is_no_cross_encoder() -> None:
    with pytest.raises(ModelUnusable, match="it is no cross-encoder"):
        CrossEncoder(find_model(MODEL, {"en"}))


@needs_cross_encoder
def test_a_cross_encoder_is_no_encoder() -> None:
    with pytest.raises(ModelUnusable, match="it is no sentence encoder"):
        SentenceEncoder(find_model(ModelChoice(CROSS_ENCODER, SETTING), {"en"}))


@needs_weights
def test_the_model_of_the_extra_is_the_one_that_is_known() -> None:
    found = find_model(MODEL, {"de"})
    assert KNOWN_MODELS[found.sha256] == found.languages == ("en",), "what the host sets holds for unknown models"
    assert found.tokenizer is None


@needs_weights
def test_paraphrases_are_nearer_than_what_has_nothing_to_do_with_them(encoder: SentenceEncoder) -> None:
    vectors = [
        encoder.encode(text)
        for text in ("how do I sharpen a knife", "honing the edge of a blade", "the stock market fell on Monday")
    ]
    assert all(vector.shape == (384,) and abs(np.linalg.norm(vector) - 1) < 1e-5 for vector in vectors)
    paraphrase, unrelated, other = (float(a @ b) for a, b in zip(vectors, [*vectors[1:], vectors[0]], strict=True))
    assert paraphrase > 0.5
    assert max(unrelated, other) < 0.2


@needs_weights
def test_texts_of_any_length_are_read_up_to_their_256th_token(encoder: SentenceEncoder) -> None:
    assert np.array_equal(encoder.encode("word " * 254), encoder.encode("word " * 20_000))
    assert not np.array_equal(encoder.encode("word " * 253), encoder.encode("word " * 254))
    for text in ("", " ", "\0", "学習" * 9_000, "a" * 99_999, "[CLS] [SEP] [MASK] [PAD]"):
        assert np.isfinite(encoder.encode(text)).all()


@needs_weights
def test_encoding_ends_when_it_is_told_to(encoder: SentenceEncoder) -> None:
    stop = threading.Event()

    def texts():  # type: ignore[no-untyped-def]
        yield "one"
        stop.set()
        yield "two"
        pytest.fail("a third text is asked for")

    assert encoder.encode_until(texts(), stop).shape == (2, 384)
    assert encoder.encode_until(["one"], stop).shape == (0, 384)


def test_the_vocabulary_is_that_of_bert_word_for_word() -> None:
    content = lzma.decompress(BUILT_IN_VOCABULARY.read_bytes())
    assert hashlib.sha256(content).hexdigest() in BUILT_IN_VOCABULARY.with_name("BERT_NOTICE.txt").read_text()
    assert len(content.splitlines()) == 30_522


@needs_weights
def test_words_are_split_by_the_vocabulary_and_special_tokens_are_words(tmp_path: Path) -> None:
    tokenizer = load_tokenizer(ModelFiles("m", tmp_path, None, "", ()), 256)
    assert tokenizer.encode("Unaffable naïveté, [MASK]").tokens == [
        "[CLS]", "una", "##ffa", "##ble", "naive", "##te", ",", "[", "mask", "]", "[SEP]",
    ]  # fmt: skip


@needs_weights
def test_a_vocabulary_beside_the_model_is_used(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\nknife\n", encoding="utf-8")
    tokenizer = load_tokenizer(ModelFiles("m", tmp_path, tmp_path / "vocab.txt", "", ()), 256)
    assert tokenizer.encode("Knife edge").ids == [2, 4, 1, 3]


@needs_cross_encoder
def test_a_cross_encoder_knows_which_text_answers() -> None:
    model = CrossEncoder(find_model(ModelChoice(CROSS_ENCODER, SETTING), {"en"}))
    texts = ["to sharpen a knife, you drag the blade over a whetstone", "knives were first made of flint"]
    answering, beside = model.score_until("how do I sharpen a knife?", texts, threading.Event())
    assert answering > beside + 1
