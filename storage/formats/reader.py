"""Readers for the files that videos come in: one reader per format, all of them in one table.

Pure: bytes in, transcripts out. The content decides which format a file has; the suffix of its name is only a hint.
"""

from __future__ import annotations

from storage.formats.captions.json3 import is_json3, read_json3
from storage.formats.captions.subrip import is_subrip, read_subrip
from storage.formats.captions.webvtt import is_webvtt, read_webvtt
from storage.formats.document import Document, Format, clean_labels
from storage.formats.json_transcripts import (
    amazon,
    any_objects,
    azure,
    deepgram,
    elements,
    google,
    utterances,
    whisper,
    word_results,
)
from storage.formats.rows.field_lines import is_field_lines, read_field_lines
from storage.formats.rows.json_rows import is_json_rows, read_json_rows
from storage.formats.rows.parquet import is_parquet, read_parquet
from storage.formats.rows.pipe_table import is_pipe_table, read_pipe_table
from storage.formats.rows.tables import (
    is_csv,
    is_json_lines,
    is_tsv,
    read_csv,
    read_json_lines,
    read_tsv,
)
from storage.formats.unsupported import describe_foreign, describe_unknown
from storage.models import FileContent, Labels, Source
from storage.models.limits import Limits

_RECOGNITION = (
    whisper.WHISPER_CPP,
    whisper.CHUNKS,
    utterances.PODCAST,
    utterances.ASSEMBLYAI,
    utterances.GLADIA,
    deepgram.DEEPGRAM,
    amazon.AMAZON,
    google.GOOGLE,
    azure.AZURE_BATCH,
    azure.AZURE_FAST,
    azure.AZURE_SDK,
    elements.REV,
    elements.SPEECHMATICS,
    elements.ELEVENLABS,
    elements.WATSON,
    word_results.VOSK,
    word_results.GENTLE,
    whisper.WHISPER,
    whisper.FASTER_WHISPER,
)
# In the order in which they are tried: formats with a signature of their own first.
_FORMATS = (
    Format("Parquet", (".parquet",), is_parquet, read_parquet),
    Format("WebVTT", (".vtt",), is_webvtt, read_webvtt),
    *(Format(json.name, (), json.recognises, json.read) for json in _RECOGNITION),
    Format("rows in a JSON array", (), is_json_rows, read_json_rows),
    Format(any_objects.NAME, (), any_objects.is_any_objects, any_objects.read_any_objects),
    Format("JSON Lines", (".jsonl", ".ndjson"), is_json_lines, read_json_lines),
    Format("YouTube's json3", (".json3",), is_json3, read_json3),
    Format("CSV", (".csv",), is_csv, read_csv),
    Format("TSV", (".tsv", ".tab"), is_tsv, read_tsv),
    Format("SubRip", (".srt",), is_subrip, read_subrip),
    Format("fields pasted from a dataset viewer", (), is_field_lines, read_field_lines),
    Format("tables pasted from a dataset viewer", (), is_pipe_table, read_pipe_table),
)
_NO_LABELS = Labels()
_USUAL_LIMITS = Limits()

NAMES: tuple[str, ...] = (
    *(format.name for format in _FORMATS if format.name not in {json.name for json in _RECOGNITION}),
    "the JSON of Whisper and other speech recognition",
)
"""The names of the formats that can be read, as people know them; the dialects of speech recognition have one."""

READABLE = f"{', '.join(NAMES[:-1])} and {NAMES[-1]}"
"""`NAMES` as part of a sentence."""


def read_file(source: Source, labels: Labels = _NO_LABELS, limits: Limits = _USUAL_LIMITS) -> FileContent:
    """Return the transcripts in a file, and the rows that cannot be imported.

    `labels` override what the file says about itself. Raises InputError, in one sentence, for a file that cannot be
    read at all, or that holds more than `limits` allow, and MissingVideoId for captions whose video is named nowhere.
    """
    document = Document(source.name, source.content, clean_labels(source.name, labels), limits)
    if len(source.content) > limits.file_bytes:
        raise document.too_large_error("it")
    return _find_format(document).read(document)


def _find_format(document: Document) -> Format:
    reason = None if is_parquet(document) else describe_foreign(document.text)
    if reason is not None:
        raise document.refusal_error(reason)
    for format in _FORMATS:
        if format.recognises(document):
            return format
    for format in _FORMATS:
        if document.name.lower().endswith(format.suffixes):
            return format
    raise document.refusal_error(describe_unknown(document.text, READABLE))
