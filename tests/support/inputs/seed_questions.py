"""Questions about the talk of the SubRip seed, as a listener asks them. Nothing of the talk stands here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"\w+")

TALK_WORDS = 16_252
"""How many words the stored talk has: with another number the places below are those of other words."""

# The place of the first and of the last word that answers, counted from 0, and the question.
_QUESTIONS = """
  124   129 is a goldfish's attention span really longer than ours?
  164   172 short link for the slides
  265   271 what is the fovea?
  558   563 why do animals have attention at all?
  606   610 what is peripheral vision good at
  819   825 what did the chick have to learn in order to eat grain?
  925   929 how old is the idea behind attention
 1317  1323 who came up with weighting the labels by distance in 1964?
 1211  1216 dumbest possible regression estimate
 1661  1668 how do you make sure that the weights sum up to one?
 1904  1910 why is such an old statistical method still worth knowing?
 2060  2066 does the kernel estimator have parameters that I must tune
 2240  2247 what does permutation invariant mean?
 2342  2347 applications of deep sets
 2667  2671 which drug cured the lab rat?
 2796  2803 key ring and door analogy
 3084  3089 how do they find cancer in tissue images?
 3514  3517 why does a bag of words get the sentiment wrong when there is a negative aside?
 4017  4026 attention over sentences and words of a document
 3954  3957 why will that Yelp reviewer not come back?
 3739  3747 were the simple attention models invented before the complicated ones?
 4424  4431 graph attention example with people you follow
 4619  4624 why use tanh in the attention function?
 4678  4684 does adding attention make a network slower?
 4838  4845 can attention handle inputs of different lengths?
 5096  5101 tips for training a network with attention
 5197  5203 which website has the notebooks?
 5845  5851 why did the network say horses when the picture showed cows?
 6150  6154 is there any theory that proves attention works?
 6489  6493 why are so many data sets built on the same images
 6372  6376 can a resnet embedding tell how noisy a picture is?
 6696  6703 should keys and values be the same?
 6962  6966 train a multi layer attention network end to end or layer by layer?
 7093  7097 example where pretraining on ImageNet does not help
 7557  7561 why does sequence to sequence fail on long sentences?
 7490  7495 what's special about German sentences
 7916  7921 what does the hidden state have to remember when translating with attention?
 8271  8277 bleu score by sentence length with and without attention
 8209  8216 how many steps do memory networks take compared to translation?
 8475  8479 what is a convex hull?
 8616  8623 why can't a pointer network be done with plain seq2seq?
 8979  8985 traveling salesman with deep learning
 9310  9316 in what way is attention stateful in neural turing machines?
 9434  9439 LSTM copying a sequence fails at what length
 9613  9617 when was multi-head attention proposed?
 9934  9939 what is self attention?
10130 10135 why do we need a mask in the decoder?
10419 10424 how do you tell water from sea in an image?
11275 11280 why does sorting with a pointer network break on longer lists?
12238 12242 what was BERT trained on?
12538 12544 how many tokens does bert mask
13202 13207 answering questions with BERT: how is the answer marked?
13335 13338 size of gpt2
13809 13814 how many parameters does a quaternion transformer save?
14087 14093 why are long sequences expensive for transformers?
14463 14470 reuse of cached states between segments
14702 14708 what do sparse transformers do?
14887 14894 why sine and cosine for positions?
15114 15120 how can you make the output vocabulary of a translation model smaller?
16046 16052 can I use the book for teaching my own class?
"""


@dataclass(frozen=True)
class SeedQuestion:
    """A question, and where in the talk the words stand that answer it."""

    text: str
    first_word: int
    last_word: int

    def answering_words(self, talk: list[str]) -> list[str]:
        return talk[self.first_word : self.last_word + 1]


def read_questions() -> list[SeedQuestion]:
    lines = (line.split(maxsplit=2) for line in _QUESTIONS.strip().splitlines())
    return [SeedQuestion(text, int(first), int(last)) for first, last, text in lines]


def words_of(texts: Iterable[str]) -> list[str]:
    """The words of texts, case and punctuation aside."""
    return [word for text in texts for word in _WORD.findall(text.casefold())]


def holds(quote: str, words: list[str]) -> bool:
    return f" {' '.join(words)} " in f" {' '.join(words_of([quote]))} "
