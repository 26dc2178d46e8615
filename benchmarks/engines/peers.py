"""The peers: bm25s, tantivy, and SQLite's FTS5, used as their documentation says, in one thread."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import Corpus, vocabulary
from benchmarks.engines.engines import TOP, Cuepoint, CuepointCompiled, Engine, RankBM25, installed_version


class BM25S(Engine):
    """bm25s: the scores of every word in every segment, computed when it is built and added up in numpy."""

    name, package = "bm25s (numpy)", "bm25s"
    adds = False
    backend = "numpy"

    def prepare(self) -> None:
        import bm25s

        self._bm25s = bm25s

    def build(self, corpus: Corpus, folder: Path) -> None:
        model = self._bm25s.BM25(k1=1.5, b=0.75)
        model.index(list(corpus.terms()), show_progress=False)
        model.save(folder, show_progress=False)

    def open(self, folder: Path) -> None:
        self._model = self._bm25s.BM25.load(folder, load_corpus=False)
        self._model.backend = self.backend

    def top(self, terms: Sequence[str]) -> Any:
        return self._model.retrieve([list(terms)], k=TOP, show_progress=False)

    def numbers(self, top: Any) -> list[int]:
        return list(top.documents[0].tolist())


class BM25SCompiled(BM25S):
    """The same index, its inner loop compiled by numba."""

    name, backend, shares = "bm25s (numba)", "numba", BM25S.name

    def prepare(self) -> None:
        super().prepare()
        self._model = self._bm25s.BM25(backend=self.backend)
        self._model.index([[word] for word in vocabulary()[: 2 * TOP]], show_progress=False)
        self.top([str(vocabulary()[0])])

    @classmethod
    def version(cls) -> str:
        both = super().version(), installed_version("numba")
        return " with numba ".join(both) if all(both) else ""


class Tantivy(Engine):
    """tantivy, which skips what cannot come among the best, compiled from Rust."""

    name = package = "tantivy"

    def prepare(self) -> None:
        import tantivy

        self._tantivy = tantivy
        fields = tantivy.SchemaBuilder().add_text_field("text", tokenizer_name="words", index_option="freq")
        self._schema = fields.add_unsigned_field("number", fast=True).build()

    def build(self, corpus: Corpus, folder: Path) -> None:
        writer = self._register_tokenizer(self._tantivy.Index(self._schema, str(folder))).writer(num_threads=1)
        self._write(writer, corpus)
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._index = self._register_tokenizer(self._tantivy.Index.open(str(folder)))
        self._searcher = self._index.searcher()

    def top(self, terms: Sequence[str]) -> Any:
        # Without the count it may skip what it need not score.
        return self._searcher.search(self._query(terms), TOP, count=False)

    def top_of_all(self, terms: Sequence[str]) -> Any:
        """Return the same as `top`, with every segment scored that holds a word."""
        return self._searcher.search(self._query(terms), TOP, count=True)

    def numbers(self, top: Any) -> list[int]:
        return list(self._searcher.fast_field_values("number", [address for _, address in top.hits]))

    def add(self, video: Corpus) -> None:
        self._write(self._index.writer(num_threads=1), video)
        self._index.reload()
        self._searcher = self._index.searcher()

    def _query(self, terms: Sequence[str]) -> Any:
        query, either = self._tantivy.Query, self._tantivy.Occur.Should
        words = [query.term_query(self._schema, "text", term, index_option="freq") for term in terms]
        return query.boolean_query([(either, word) for word in words])

    def _write(self, writer: Any, corpus: Corpus) -> None:
        for number, text in corpus.numbered_texts():
            document = self._tantivy.Document()
            document.add_text("text", text)
            document.add_unsigned("number", number)
            writer.add_document(document)
        writer.commit()

    def _register_tokenizer(self, index: Any) -> Any:
        words = self._tantivy.TextAnalyzerBuilder(self._tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer("words", words)
        return index


class FTS5(Engine):
    """The full-text index of SQLite, without a copy of the texts."""

    name = "SQLite FTS5"

    def build(self, corpus: Corpus, folder: Path) -> None:
        connection = sqlite3.connect(folder / "fts5.db")
        connection.execute("CREATE VIRTUAL TABLE segment USING fts5(text, content='')")
        self._insert(connection, corpus)
        connection.close()

    def open(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "fts5.db")

    def top(self, terms: Sequence[str]) -> Any:
        # A JSON string of letters is a string of FTS5's as well.
        either = " OR ".join(map(json.dumps, terms))
        sql = f"SELECT rowid FROM segment WHERE segment MATCH ? ORDER BY rank LIMIT {TOP}"
        return self._connection.execute(sql, (either,)).fetchall()

    def numbers(self, top: Any) -> list[int]:
        return [number for (number,) in top]

    def add(self, video: Corpus) -> None:
        self._insert(self._connection, video)

    def _insert(self, connection: sqlite3.Connection, corpus: Corpus) -> None:
        with connection:
            connection.executemany("INSERT INTO segment (rowid, text) VALUES (?, ?)", corpus.numbered_texts())

    @classmethod
    def version(cls) -> str:
        return sqlite3.sqlite_version


ENGINES: dict[str, type[Engine]] = {
    engine.name: engine for engine in (Cuepoint, CuepointCompiled, RankBM25, BM25S, BM25SCompiled, Tantivy, FTS5)
}
