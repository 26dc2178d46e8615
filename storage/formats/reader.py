"""Readers for the files that videos come in: one reader per format, all of them in one table.

Pure: bytes in, transcripts out. The content decides which format a file has; the suffix of its name is only a hint.
"""

from __future__ import annotations

from storage.errors import UnknownFormat
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
from storage.formats.rows.json_rows import is_json_array, is_json_lines, read_json_array, read_json_lines
from storage.formats.rows.parquet import is_parquet, read_parquet
from storage.formats.rows.pipe_table import is_pipe_table, read_pipe_table
from storage.formats.rows.tables import is_csv, is_tsv, read_csv, read_tsv
from storage.formats.subtitles.microdvd import is_microdvd, read_microdvd
from storage.formats.subtitles.sami import is_sami, read_sami
from storage.formats.subtitles.substation import is_substation, read_substation
from storage.formats.subtitles.ttml import is_ttml, read_ttml
from storage.formats.subtitles.youtube_xml import is_youtube_xml, read_youtube_xml
from storage.formats.texts.lyrics import is_lyrics, read_lyrics
from storage.formats.texts.sbv import is_sbv, read_sbv
from storage.formats.texts.screen_lines import is_screen_lines, read_screen_lines
from storage.formats.texts.stamped_text import is_stamped_text, read_stamped_text
from storage.formats.texts.transcript_panel import is_transcript_panel, read_transcript_panel
from storage.formats.texts.word_document import is_word_document, read_word_document
from storage.formats.unsupported import describe_foreign, describe_unknown
from storage.models import FileContent, Labels, Source
from storage.models.limits import Limits
from storage.sentences import Listing, sentence

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
    Format(sentence("Word documents"), (), is_word_document, read_word_document),
    Format("TTML", (".ttml", ".dfxp"), is_ttml, read_ttml),
    Format(sentence("YouTube's XML"), (), is_youtube_xml, read_youtube_xml),
    Format("SAMI", (".smi", ".sami"), is_sami, read_sami),
    Format("ASS/SSA", (".ass", ".ssa"), is_substation, read_substation),
    Format("MicroDVD", (), is_microdvd, read_microdvd),
    Format("WebVTT", (".vtt",), is_webvtt, read_webvtt),
    *(Format(json.name, (), json.recognises, json.read) for json in _RECOGNITION),
    Format(any_objects.NAME, (), any_objects.is_any_objects, any_objects.read_any_objects),
    Format("JSON Lines", (".jsonl", ".ndjson"), is_json_lines, read_json_lines),
    Format(sentence("JSON arrays of rows"), (), is_json_array, read_json_array),
    Format(sentence("YouTube's json3"), (".json3",), is_json3, read_json3),
    Format("CSV", (".csv",), is_csv, read_csv),
    Format("TSV", (".tsv", ".tab"), is_tsv, read_tsv),
    Format("SubRip", (".srt",), is_subrip, read_subrip),
    Format("SBV", (".sbv",), is_sbv, read_sbv),
    Format(sentence("what Whisper prints"), (), is_screen_lines, read_screen_lines),
    Format("LRC", (".lrc",), is_lyrics, read_lyrics),
    Format(sentence("YouTube's transcript panel"), (), is_transcript_panel, read_transcript_panel),
    Format(sentence("fields pasted from a dataset viewer"), (), is_field_lines, read_field_lines),
    Format(sentence("tables pasted from a dataset viewer"), (), is_pipe_table, read_pipe_table),
    # Last: any text may have times in it.
    Format(sentence("texts with times"), (), is_stamped_text, read_stamped_text),
)
# For what has several formats, or has no suffix of its own in the table.
_MORE_SUFFIXES = (".txt", ".json", ".xml", ".srv1", ".srv2", ".srv3", ".sub", ".docx", ".gz", ".zip")
_BINARY = (is_parquet, is_word_document)
_NO_LABELS = Labels()
_USUAL_LIMITS = Limits()

NAMES: tuple[str, ...] = (
    *(format.name for format in _FORMATS if format.name not in {json.name for json in _RECOGNITION}),
    sentence("the JSON of Whisper and other speech recognition"),
)
"""The names of the formats that can be read, as people know them; the dialects of speech recognition have one."""

READABLE = Listing(NAMES, " and ")
"""`NAMES` as part of a sentence."""


SUFFIXES: tuple[str, ...] = (*_MORE_SUFFIXES, *(suffix for format in _FORMATS for suffix in format.suffixes))
"""How the names of files end that may be read. Of a folder's files only these are looked into."""


def read_file(source: Source, labels: Labels = _NO_LABELS, limits: Limits = _USUAL_LIMITS) -> FileContent:
    """Return the transcripts in a file, and the rows that cannot be imported.

    `labels` override what the file says about itself. Raises InputError, in one sentence, for a file that cannot be
    read at all, or that holds more than `limits` allow: UnknownFormat where no reader knows it, MissingVideoId for
    captions whose video nothing names, not even the file.
    """
    document = Document(source.name, source.content, clean_labels(source.name, labels), limits)
    if len(source.content) > limits.file_bytes:
        raise document.too_large_error(sentence("it"))
    return _find_format(document).read(document)


def _find_format(document: Document) -> Format:
    is_binary = any(recognises(document) for recognises in _BINARY)
    reason = None if is_binary else describe_foreign(document.text)
    if reason is not None:
        raise document.refusal_error(reason, kind=UnknownFormat)
    for format in _FORMATS:
        if format.recognises(document):
            return format
    for format in _FORMATS:
        if document.name.lower().endswith(format.suffixes):
            return format
    raise document.refusal_error(describe_unknown(document.text, READABLE), kind=UnknownFormat)
