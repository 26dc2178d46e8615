"""What captions write for sounds that are not speech, such as [Music] or a note sign."""

from __future__ import annotations

import re

# Talks about language models say these aloud, and people who caption by hand write them this way.
_SPOKEN_IN_BRACKETS = "CLS|SEP|MASK|PAD|UNK|BOS|EOS"
# People also write asides in round brackets, so only words that can be nothing but a sound.
_SOUNDS = (
    "applause|applauding|laughter|laughs|laughing|laugh|chuckles|chuckling|music|music playing|cheering|cheers|"
    "coughs|coughing|sighs|sighing|gasps|clapping|claps|silence|inaudible"
)
# In Chinese, Japanese and Korean these stand in brackets of their own width, with no spaces around them.
_EASTERN_SOUNDS = (
    "拍手|音楽|音乐|音樂|笑い?|笑い?声|笑聲|歓声|掌声|掌聲|鼓掌|欢呼声?|歡呼聲?|哄笑|BGM|"
    "박수(?:갈채)?|음악|웃음(?:소리)?|환호(?:성)?"
)

SOUND_MARK = re.compile(
    r"(?<!\S)(?:"
    rf"[\[［](?!(?:{_SPOKEN_IN_BRACKETS})[\]］])[ ]*[^\W\d_][^\[\]［］\d_]{{0,59}}[\]］]"
    r"|[\[(［（][ ]*[♩♪♫♬][♩♪♫♬ ]{0,19}[\])］）]"
    rf"|[(（][ ]*(?i:(?:audience )?(?:{_SOUNDS}))[ ]*[)）]"
    r")(?!\S)"
    rf"|[\[(［（【][ ]*(?:{_EASTERN_SOUNDS})[ ]*[\])］）】]"
    r"|[♩♪♫♬]+"
)
"""One sound mark: bracketed words without digits that stand alone between spaces, the sounds above in round brackets,
East Asian sounds in any brackets and anywhere, or note signs. "[ __ ]", a word that was bleeped, is none: it was
spoken."""
