"""How texts are split for a model: by its own tokenizer, or by BERT's uncased vocabulary where it brings none."""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import ModelUnusable
from storage.meaning.model_files import EXTRA, ModelFiles

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BUILT_IN_VOCABULARY = Path(__file__).parent / "bert_uncased_vocabulary.txt.xz"
"""The 30,522 lines of bert-base-uncased's vocabulary; BERT_NOTICE.txt beside it says whose it is."""
_UNKNOWN, _START, _END = "[UNK]", "[CLS]", "[SEP]"


def load_tokenizer(files: ModelFiles, max_tokens: int) -> Tokenizer:
    """Return what splits texts for a model, cutting them at `max_tokens`. Raises ModelUnusable."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise ModelUnusable(f"{files.name} cannot be used without the package tokenizers: {EXTRA}") from None
    try:
        if files.tokenizer and files.tokenizer.suffix == ".json":
            tokenizer = Tokenizer.from_file(str(files.tokenizer))
        else:
            tokenizer = _make_word_piece(_read_vocabulary(files.tokenizer))
    except Exception as error:  # tokenizers raises bare Exceptions
        raise ModelUnusable(f"{files.name} cannot be used: {files.tokenizer} is no tokenizer: {error}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _read_vocabulary(path: Path | None) -> dict[str, int]:
    text = path.read_text(encoding="utf-8") if path else lzma.decompress(BUILT_IN_VOCABULARY.read_bytes()).decode()
    return {word: number for number, word in enumerate(text.removesuffix("\n").split("\n"))}


def _make_word_piece(vocabulary: dict[str, int]) -> Tokenizer:
    """Return BERT's uncased tokenizer. What a text says about special tokens, such as [MASK], are words to it."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import BertProcessing

    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=_UNKNOWN))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = BertProcessing((_END, vocabulary[_END]), (_START, vocabulary[_START]))
    return tokenizer
