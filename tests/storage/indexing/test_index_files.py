"""The index files: what was kept comes back exactly; whatever else is in their place is as good as nothing."""

from __future__ import annotations

import gc
import json
import logging
import mmap
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xxhash

import storage.indexing.index_files
from storage.database.atomic_files import SUFFIX
from storage.indexing.index_files import CACHE_VERSION, CachedIndex, IndexCache, _arrays
from storage.models import Question, Video
from storage.ranking.search import Ranking, Searcher
from tests.support.index_files import KEY, MADE, OTHER, VERSIONS, keep_each, made
from tests.support.project import PROJECT


def same(one: CachedIndex | None, other: CachedIndex) -> bool:
    if one is None or one.index.language != other.index.language:
        return False
    ours, theirs = ({"versions": each.versions, **dict(_arrays(each.index))} for each in (one, other))
    return ours.keys() == theirs.keys() and all(
        ours[name].dtype == theirs[name].dtype and np.array_equal(ours[name], theirs[name]) for name in ours
    )


def answer(cached: CachedIndex, words: str) -> Ranking:
    return Searcher([cached.index], "en").search(Question(words, words), 9, [None])


@pytest.fixture
def cache(tmp_path: Path) -> IndexCache:
    return IndexCache(tmp_path / "index")


@pytest.fixture
def kept(cache: IndexCache, tmp_path: Path) -> Path:
    """The file of an index that was kept."""
    assert cache.store(KEY, MADE)
    [path] = (tmp_path / "index").iterdir()
    return path


def refused(cache: IndexCache, caplog: pytest.LogCaptureFixture, language: str = "en") -> bool:
    """Whether what is there is taken for nothing, with one line in the log about it."""
    caplog.set_level("INFO", "cuepoint.index")
    caplog.clear()
    return cache.load(KEY, language) is None and len(caplog.records) == 1


def test_what_is_kept_comes_back_to_the_last_bit(cache: IndexCache, kept: Path) -> None:
    loaded = cache.load(KEY, "en")
    assert loaded is not None
    assert same(loaded, MADE)
    assert list(loaded.index.videos) == list(MADE.index.videos)
    for words in ("lantern copper", "lanten", "学習", "violins"):
        assert answer(loaded, words) == answer(MADE, words)


@pytest.mark.parametrize("words", [(), ("",), ("lantern",) * 300], ids=["no video", "no word", "many"])
def test_an_index_of_any_size_comes_back(cache: IndexCache, words: tuple[str, ...]) -> None:
    assert cache.store(KEY, made(*words))
    assert same(cache.load(KEY, "en"), made(*words))


def test_a_loaded_index_is_a_read_only_view_of_its_file(cache: IndexCache, kept: Path) -> None:
    loaded = cache.load(KEY, "en")
    assert loaded is not None
    for name, array in {"versions": loaded.versions, **dict(_arrays(loaded.index))}.items():
        if len(array):
            assert not array.flags.writeable, name
            assert isinstance(array.base, memoryview | mmap.mmap), f"{name} is a copy"


def test_what_has_videos_that_are_gone_is_not_kept(cache: IndexCache) -> None:
    with pytest.raises(ValueError, match="joined before it is kept"):
        cache.store(KEY, CachedIndex(MADE.index.without_videos([0]), MADE.versions))


def test_nothing_kept_is_nothing_to_speak_of(cache: IndexCache, caplog: pytest.LogCaptureFixture) -> None:
    assert cache.load(KEY, "en") is None
    assert caplog.records == []


def test_every_single_bit_counts(cache: IndexCache, kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One bit of every byte; all of them of the first bytes, before the header."""
    whole = kept.read_bytes()
    with caplog.at_level(logging.ERROR, "cuepoint.index"):  # that there is one line each is looked at below
        for place in range(len(whole)):
            for bit in range(8) if place < 24 else [place % 8]:
                kept.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
                assert cache.load(KEY, "en") is None, f"bit {bit} of byte {place}"
    assert refused(cache, caplog)
    kept.write_bytes(whole)
    assert same(cache.load(KEY, "en"), MADE)


def test_a_file_of_any_other_length_is_refused(cache: IndexCache, kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    whole = kept.read_bytes()
    for length in {*range(200), *range(0, len(whole), 61), len(whole) - 1}:
        kept.write_bytes(whole[:length])
        assert refused(cache, caplog), f"{length} of {len(whole)} bytes"
    for more in (b"\0", b"\0" * 64, whole):
        kept.write_bytes(whole + more)
        assert refused(cache, caplog)


def headed(told: bytes, rest: bytes = b"", length: int | None = None) -> bytes:
    """A file whose header says anything at all, its checksum being right."""
    size = len(told) if length is None else length
    return b"cuepoint" + size.to_bytes(8, "little") + xxhash.xxh3_64_digest(told) + told + rest


@pytest.mark.parametrize(
    "told", [b"", b"[]", b"1", b"null", b'"x"', b"{}", b"{", b"\xff\xfe", b"[" * 60_000, b"{}" * 99]
)
def test_a_header_of_any_other_kind_is_refused(
    cache: IndexCache, kept: Path, caplog: pytest.LogCaptureFixture, told: bytes
) -> None:
    kept.write_bytes(headed(told))
    assert refused(cache, caplog)


@pytest.mark.parametrize("length", [0, 1, 2**31, 2**63, 2**64 - 1])
def test_a_header_that_claims_another_length_is_refused(
    cache: IndexCache, kept: Path, caplog: pytest.LogCaptureFixture, length: int
) -> None:
    kept.write_bytes(headed(b"{}", b"\0" * 4096, length))
    assert refused(cache, caplog)


@pytest.mark.parametrize(
    "change",
    [
        {"library": OTHER},
        {"language": "de"},
        {"cache": CACHE_VERSION + 1},
        {"analysis": "rules 0"},
        {"arrays": []},
        {"arrays": {}},
        {"arrays": {"docs": ["<i4"]}},
        {"arrays": {"docs": ["<i4", 2**80, 0]}},
        {"arrays": {"docs": ["<i4", 1, -(2**40)]}},
        {"arrays": {"docs": ["|O", 1, 0]}},
        {"arrays": {"docs": ["nonsense", 1, 0]}},
        {"arrays": {"docs.docs.docs": ["<i4", 0, 0], "docs": 7}},
        {"arrays": None},
        {"bytes": "many"},
        {"checksum": None},
    ],
    ids=str,
)
def test_a_header_that_says_something_else_is_refused(
    cache: IndexCache, kept: Path, caplog: pytest.LogCaptureFixture, change: dict[str, object]
) -> None:
    whole = kept.read_bytes()
    length = int.from_bytes(whole[8:16], "little")
    told, rest = json.loads(whole[24 : 24 + length]), whole[24 + length :]
    kept.write_bytes(headed(json.dumps(told).encode().ljust(length), rest))
    assert same(cache.load(KEY, "en"), MADE), "written so, and unchanged, it is sound"
    kept.write_bytes(headed(json.dumps(told | change).encode().ljust(length), rest))
    assert refused(cache, caplog)


def test_an_index_is_of_one_library_language_and_version(
    cache: IndexCache, kept: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(cache, caplog, "de")
    kept.rename(cache._path(OTHER))
    cache.store(KEY, made("harbour"))
    os.replace(cache._path(OTHER), cache._path(KEY))
    assert same(cache.load(KEY, "en"), MADE)
    os.replace(cache._path(KEY), cache._path(OTHER))
    assert cache.load(OTHER, "en") is None, "it is another library's"
    os.replace(cache._path(OTHER), cache._path(KEY))
    for name, other in (("CACHE_VERSION", CACHE_VERSION + 1), ("ANALYSED_BY", "rules 3")):
        with monkeypatch.context() as changed:
            changed.setattr(storage.indexing.index_files, name, other)
            assert refused(cache, caplog)
    assert same(cache.load(KEY, "en"), MADE)


def test_the_layout_belongs_to_its_version() -> None:
    """Files outlive the program that wrote them: whoever changes what is in them changes CACHE_VERSION, and this."""
    layout = [f"{name} {array.dtype.str}" for name, array in _arrays(MADE.index)]
    assert (CACHE_VERSION, Video.__slots__, layout) == (
        6,
        ("video_id", "title", "creator", "url", "thumbnail", "language", "published", "chapters", "is_automatic",
         "track_of"),
        ["videos.letters |u1", "videos.bounds <i8", "video_of <i4", "starts <f8", "ends <f8", "lengths <i4",
         "words.letters |u1", "words.bounds <i8", "words.hashes <u8", "words.numbers <i4", "word_counts <i8",
         "term_of_word <i4", "by_shape <i4", "shapes <i8", "terms.letters |u1", "terms.bounds <i8", "terms.hashes <u8",
         "terms.numbers <i4", "posting_lists.bounds <i8", "posting_lists.places <u2", "posting_lists.repeat_bounds <i8",
         "posting_lists.repeats |u1", "posting_lists.block_bounds <i8", "posting_lists.blocks <u2",
         "posting_lists.block_ends <i4", "term_videos <i4", "forward <u2", "offsets <i8",
         "title_words <i4", "title_offsets <i8", "title_bounds <i8", "title_videos <i4", "ngrams.grams <u8",
         "ngrams.bounds <i8", "ngrams.words <i4", "turns.docs <i4", "turns.words <i4", "turns.speakers <i4",
         "turns.letters |u1", "turns.bounds <i8"],
    )  # fmt: skip


def test_a_folder_that_cannot_be_costs_a_line_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "index").write_text("in the way")
    cache = IndexCache(tmp_path / "index")
    assert refused(cache, caplog)
    caplog.clear()
    assert cache.store(KEY, MADE) is False
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    cache.delete_all()
    assert (tmp_path / "index").read_text() == "in the way"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_costs_a_line_in_the_log(
    cache: IndexCache, kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept.parent.chmod(0o500)
    assert cache.store(KEY, made("harbour")) is False
    assert len(caplog.records) == 1
    kept.chmod(0)
    assert refused(cache, caplog)
    kept.parent.chmod(0o700)


def no_space(*given: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("module", "name"), [(os, "replace"), (os, "fsync"), (storage.indexing.index_files, "_write")])
def test_a_write_that_fails_leaves_the_earlier_file(
    cache: IndexCache, kept: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(module, name, no_space)
        assert cache.store(KEY, made("harbour")) is False
    assert same(cache.load(KEY, "en"), MADE)
    assert list(kept.parent.iterdir()) == [kept], "and nothing half-written"


def test_a_write_that_is_broken_off_leaves_the_earlier_file(
    cache: IndexCache, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            cache.store(KEY, made("harbour"))
    assert same(cache.load(KEY, "en"), MADE)
    assert list(kept.parent.iterdir()) == [kept]


def test_what_was_left_half_written_goes_after_a_while(cache: IndexCache, kept: Path) -> None:
    long_ago, now = (kept.with_name(f"{kept.name}.{n}{SUFFIX}") for n in (1, 2))
    for path in (long_ago, now):
        path.write_bytes(b"half of an index")
    os.utime(long_ago, (time.time() - 4000,) * 2)
    assert cache.store(KEY, MADE)
    assert set(kept.parent.iterdir()) == {kept, now}, "another process may be writing the newer one"
    cache.delete_all()
    assert list(kept.parent.iterdir()) == []


def test_whoever_has_the_earlier_index_keeps_it(cache: IndexCache, kept: Path) -> None:
    earlier = cache.load(KEY, "en")
    assert earlier is not None
    cache.store(KEY, made("harbour"))
    cache.delete_all()
    assert same(earlier, MADE)
    assert answer(earlier, "violin") == answer(MADE, "violin")


def whole_ones(cache: IndexCache, going_on: Callable[[], bool]) -> int:
    """How many indexes were read while others were written; each is one of those, or the test fails."""
    read = 0
    while going_on():
        loaded = cache.load(KEY, "en")
        assert loaded is not None
        assert any(same(loaded, version) for version in VERSIONS)
        read += 1
    return read


def test_threads_that_keep_and_load_never_meet_half_an_index(cache: IndexCache, tmp_path: Path) -> None:
    cache.store(KEY, VERSIONS[0])
    with ThreadPoolExecutor(3) as threads:
        writing = [threads.submit(keep_each, str(tmp_path / "index"), 30) for _ in range(2)]
        assert whole_ones(cache, lambda: not all(each.done() for each in writing))
        assert [each.result() for each in writing] == [None, None]
    assert [path.suffix for path in (tmp_path / "index").iterdir()] == [".index"]


def test_processes_that_keep_and_load_never_meet_half_an_index(cache: IndexCache, tmp_path: Path) -> None:
    cache.store(KEY, VERSIONS[0])
    code = "import sys; from tests.support.index_files import keep_each; keep_each(sys.argv[1], 40)"
    command = [sys.executable, "-c", code, str(tmp_path / "index")]
    path = str(PROJECT)
    writing = [subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path}) for _ in range(2)]
    assert whole_ones(cache, lambda: any(each.poll() is None for each in writing))
    assert [each.wait() for each in writing] == [0, 0]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="file handles are counted in /proc")
def test_no_file_stays_open(cache: IndexCache, kept: Path) -> None:
    def opened() -> int:
        gc.collect()  # of other tests
        return len(os.listdir("/proc/self/fd"))

    before = opened()
    loaded = [cache.load(KEY, "en") for _ in range(50)]
    assert opened() <= before + 50
    loaded.clear()
    kept.write_bytes(kept.read_bytes()[:-1])
    assert [cache.load(KEY, "en") for _ in range(50)] == [None] * 50
    assert opened() == before
