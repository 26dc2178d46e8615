"""What is left out as a sound is known as one; every other word in brackets stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.analysis import analyser_for, remove_sounds
from storage.analysis.sound_marks import _MAX_WORDS, _load_lists, blank_sounds
from storage.formats.captions.rolling import RawCue, spoken_cues
from storage.formats.reader import read_file
from storage.importing.segmenting import segment_cues
from storage.models import Labels, Source
from tests.support.project import SHARED_FOLDER

FIELD = SHARED_FOLDER / "field"


def spoken(text: str) -> str:
    return " ".join(remove_sounds(text).split())


@pytest.mark.parametrize(
    "text",
    [
        "So we drag the [text field] onto [the] page, and",
        "she told [Bill] [that] it was done.",
        "the interval [a, b] and [0, 1]",
        "the [CLS] token and the [mask] token",
        "and then [he said] nothing",
        "the [latter] is better, and we add [noise] to it",
        "you start [typing] and it stops",
        "we studied [music theory] and x[music]",
        "she began [to laugh] and [i laugh] too",
        "it was (he laughed) done",
        "das [Feld] hier, et [le champ], 这个[文本框]很大",
        "[0, 1]",
        "[a, b]",
        "[x]",
        "[MASK]",
        "[CLS] [SEP]",
        "[ __ ]",
        "[f(x) = 2]",
        "[first, second]",
        "(for example)",
        "(the second one)",
    ],
)
def test_words_in_brackets_stay(text: str) -> None:
    assert spoken(text) == text
    assert blank_sounds(text) == text


@pytest.mark.parametrize(
    "sound",
    [
        "[Music]", "[MUSIC PLAYING]", "[upbeat music]", "[soft music playing]", "[music continues]",
        "(music fades out)", "[Applause]", "[Laughter and applause]", "[audience laughing]", "(man laughing)",
        "[laughs nervously]", "[door slams]", "(DOOR SLAMS)", "[phone ringing in the background]",
        "[inaudible 00:01:02]", "[crosstalk]", "[BLANK_AUDIO]", "[SOUND]", "[ Silence ]",
        "[Music: Clair de lune]", "[♪ music ♪]", "[speaking foreign language]", "[Musik]", "[ruhige Musik]",
        "[Musik spielt im Hintergrund]", "[Gelächter]", "(Beifall im Saal)", "[Tür knallt]", "[Musique]",
        "[Musique d'ambiance]", "(Rires du public)", "[Applaudissements]", "[Le téléphone sonne]", "[Música]",
        "[música de fondo]", "[Risas]", "[Aplausos del público]", "[música suave]", "[Risos]",
        "[Música animada]", "[Musica]", "[musica allegra]", "[Risate]", "[applausi dal pubblico]", "[Muziek]",
        "[gelach]", "[rustige muziek]", "[музыка]", "[играет спокойная музыка]", "[смех в зале]",
        "[аплодисменты]", "[неразборчиво]", "[музика]", "[оплески]", "[сміється]", "[muzyka]", "[śmiech]",
        "[oklaski publiczności]", "[hudba]", "[potlesk]", "[smích]", "[musik]", "[applåder]",
        "[skratt från publiken]", "[klapsalver]", "[musikk spilles]", "[musiikkia]", "[naurua]",
        "[yleisö nauraa]", "[Müzik]", "[Alkışlar]", "[hafif müzik çalıyor]", "[موسيقى]", "[تصفيق الجمهور]",
        "[موسیقی]", "[خنده حضار]", "[מוזיקה]", "[מחיאות כפיים]", "[संगीत]", "[तालियाँ]", "[musik lembut]",
        "[tepuk tangan]", "[âm nhạc]", "[tiếng vỗ tay]", "[เสียงปรบมือ]", "[ดนตรี]", "[音乐]", "[轻快的音乐]",
        "（掌声）", "[观众的笑声]", "[音樂]", "[音楽]", "【拍手】", "(笑)", "（観客の笑い声）", "[박수]",
        "[박수 소리]", "(웃음)", "[μουσική]", "[γέλια]", "[χειροκρότημα του κοινού]", "[zene]", "[nevetés]",
        "[muzică]", "[aplauze]", "[râsete din public]",
    ],
)  # fmt: skip
def test_sounds_that_are_known_are_left_out(sound: str) -> None:
    assert spoken(sound) == ""
    assert spoken(f"so {sound} hello") == "so hello"
    assert spoken(f"是{sound}的").replace(" ", "") == "是的"
    assert re.sub(" +", " ", blank_sounds(f"so {sound} hello")) == "so hello"


@pytest.mark.parametrize(
    "sound", ["[glass tinkles softly]", "[text field]", "- [latter]", "[Wellen am Strand]", "[noise]"]
)
def test_a_cue_that_holds_nothing_else_than_a_remark_is_a_sound(sound: str) -> None:
    cues = [RawCue(0, 1, ("Hello.",)), RawCue(1, 2, (sound,)), RawCue(2, 3, ("Good", "bye."))]
    assert [cue.text for cue in spoken_cues(cues)] == ["Hello.", "Good bye."]


def test_what_is_sung_stays_without_its_notes() -> None:
    assert spoken("♪ la la [Music] ♪") == "la la"


def test_terms_of_words_in_brackets_are_found_and_those_of_sounds_are_none() -> None:
    said = [token.word for token in analyser_for("en").tokens("drag the [text field] [Applause] onto [Bill]")]
    assert said == ["drag", "the", "text", "field", "onto", "bill"]


@given(st.text("[](（♪ ab1,music掌声", max_size=40))
def test_blanks_take_the_place_of_sounds_and_of_nothing_else(text: str) -> None:
    blanked = blank_sounds(text)
    assert len(blanked) == len(text)
    assert all(new in (" ", old) for new, old in zip(blanked, text, strict=True))


def test_every_language_has_its_lists() -> None:
    lists = _load_lists()
    assert len(lists) == 30
    assert all(known.sounds for known in lists)
    assert all(0 < len(words) <= _MAX_WORDS for known in lists for words in known.sounds | known.beside | known.alone)
    assert not any(known.sounds & known.alone for known in lists), "what is a sound alone is not one anywhere"


@pytest.mark.skipif(not FIELD.is_dir(), reason="the inputs from the field are not here")
def test_the_brackets_of_the_field_stay() -> None:
    reading = read_file(Source("brackets.srt", (FIELD / "brackets.srt").read_bytes()), Labels(video_id="v"))
    (segment,) = segment_cues(reading.transcripts[0].cues)
    assert segment.text == ("So we drag the [text field] onto [the] page, and she told [Bill] [that] it was done.")
    assert segment.second_at(segment.text.index("[text")) == 1.0
