"""Draws a timeline: one strip per video, how strongly it speaks of the question over time, with the best moments
numbered, and hatched where nothing of the video is stored. Pure: a value in, the bytes of a PNG out, the same for the
same value. Titles, times and numbers are all that is written in it: the words of the program need other letters in
every language."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from bot.answering.values import AnsweredTimeline
from bot.images.fonts import Lettering, find_lettering, plain_lettering
from bot.timecodes import timecode
from storage.models import Column, Strip

WIDTH = 700
"""Pixels. A phone shows it 265 wide: letters are drawn two and a half times as large as they are read there."""
_MARGIN = 20
_LEFT, _RIGHT = _MARGIN, WIDTH - _MARGIN
_HEIGHT, _AXIS, _BETWEEN = 56, 34, 18
_RADIUS = 19
_PINS = 2 * _RADIUS + 8
"""Room above a strip for its numbers: within it they would hide what they point at."""

# The background is dark enough for Discord's light theme and light enough for its dark one. Blue and yellow differ for
# every kind of colour vision, and in lightness too (Okabe and Ito's palette).
_GROUND, _STRIP, _LINE, _WORDS, _SMALL = "#1f232b", "#2d333f", "#4b5364", "#f2f4f8", "#b4bccb"
_SPOKEN, _PIN, _NUMBER, _HATCH = "#56b4e9", "#f0e442", "#14171c", "#5c6577"
_TITLE_SIZE, _TICK_SIZE, _NUMBER_SIZE, _TITLE_HEIGHT = 29, 26, 28, 44
_HATCH_STEP, _HATCH_WIDTH = 16, 3
"""Pixels between two lines of the hatching, and how wide they are: seen at two fifths of that on a phone."""

_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400)
"""How many seconds may lie between two marks of an axis."""
_MAX_TICKS = 5


def draw_timeline(timeline: AnsweredTimeline) -> bytes:
    """Draw a timeline as PNG, `WIDTH` pixels wide and as high as its strips need."""
    moments: dict[str, list[tuple[int, float]]] = {strip.video.video_id: [] for strip in timeline.strips}
    for number, excerpt in enumerate(timeline.answer.excerpts, 1):
        moments.setdefault(excerpt.video.video_id, []).append((number, excerpt.link_second))
    heights = [_image_height(moments[strip.video.video_id]) for strip in timeline.strips]
    image = Image.new("RGB", (WIDTH, max(sum(heights) + 2 * _MARGIN - _BETWEEN, 2 * _MARGIN)), _GROUND)
    canvas = ImageDraw.Draw(image)
    top = _MARGIN
    for number, (strip, height) in enumerate(zip(timeline.strips, heights, strict=True), 1):
        _draw_strip(image, canvas, strip, moments[strip.video.video_id], top, strip_name(strip, number))
        top += height
    content = io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()


def strip_name(strip: Strip, number: int) -> Lettering:
    """Return the name of a strip: its title, or where no font writes that, its letter."""
    return find_lettering(strip.video.heading) or plain_lettering(lettered_name(number))


def lettered_name(number: int) -> str:
    """Return the name of a strip whose title no font writes: A for the first one, which is at the top."""
    return chr(ord("A") + number - 1)


def _image_height(moments: Sequence[tuple[int, float]]) -> int:
    return _TITLE_HEIGHT + (_PINS if moments else 0) + _HEIGHT + _AXIS + _BETWEEN


def _draw_strip(
    image: Image.Image,
    canvas: ImageDraw.ImageDraw,
    strip: Strip,
    moments: Sequence[tuple[int, float]],
    top: int,
    name: Lettering,
) -> None:
    canvas.text((_LEFT, top), _fit_line(name), fill=_WORDS, font=name.font_at(_TITLE_SIZE))
    top += _TITLE_HEIGHT + (_PINS if moments else 0)
    bottom = top + _HEIGHT
    length = max(strip.end_second, 1.0)
    canvas.rectangle((_LEFT, top, _RIGHT, bottom), fill=_STRIP)
    for start, end in strip.stretches_without_words():
        _draw_hatching(image, round(_x_of(start, length)), round(_x_of(end, length)), top)
    _draw_axis(canvas, length, top, bottom)
    for column in strip.columns:
        _draw_column(canvas, column, length, bottom)
    canvas.line((_LEFT, bottom, _RIGHT, bottom), fill=_LINE, width=2)
    _draw_pins(canvas, [(number, _x_of(second, length)) for number, second in moments], top, bottom)


def _x_of(second: float, length: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * min(max(second / length, 0.0), 1.0)


def _draw_hatching(image: Image.Image, left: int, right: int, top: int) -> None:
    """Draw the part of a strip of which nothing is stored: no even ground, which means that it is not spoken of."""
    width = max(right - left, 1)
    hatched = Image.new("RGB", (width, _HEIGHT), _GROUND)
    canvas = ImageDraw.Draw(hatched)
    # The lines begin where they would if the whole strip were hatched, so that those of two parts agree.
    for x in range(-_HEIGHT - left % _HATCH_STEP, width, _HATCH_STEP):
        canvas.line((x, _HEIGHT, x + _HEIGHT, 0), fill=_HATCH, width=_HATCH_WIDTH)
    image.paste(hatched, (left, top))


def _draw_column(canvas: ImageDraw.ImageDraw, column: Column, length: float, bottom: int) -> None:
    if column.strength <= 0:
        return
    left, right = round(_x_of(column.start_second, length)), round(_x_of(column.end_second, length))
    # Every match must be visible, however weak and however short it is.
    height = max(round(column.strength * (_HEIGHT - 4)), 3)
    canvas.rectangle((left, bottom - height, max(right - 1, left + 1), bottom), fill=_SPOKEN)


def _draw_axis(canvas: ImageDraw.ImageDraw, length: float, top: int, bottom: int) -> None:
    """Draw marks at even times, and the length at the end."""
    end = timecode(length)
    font = plain_lettering(end).font_at(_TICK_SIZE)
    canvas.text((_RIGHT, bottom + 4), end, fill=_WORDS, font=font, anchor="ra")
    step = next(
        (seconds for seconds in _STEPS if length / seconds <= _MAX_TICKS), _STEPS[-1] * (1 + int(length / _STEPS[-1]))
    )
    for second in range(0, int(length) + 1, step):
        x, label = round(_x_of(second, length)), timecode(second)
        # The length itself is marked already: a mark too close to it is left out.
        if x + font.getlength(label) / 2 + 16 < _RIGHT - font.getlength(end):
            canvas.line((x, top, x, bottom + 5), fill=_LINE)
            canvas.text((x, bottom + 4), label, fill=_SMALL, font=font, anchor="ma" if second else "la")


def _draw_pins(canvas: ImageDraw.ImageDraw, pins: Sequence[tuple[int, float]], top: int, bottom: int) -> None:
    """Draw the numbers of the moments above the strip, with lines to their seconds."""
    middle = top - _RADIUS - 5
    for (number, x), centre in zip(sorted(pins, key=_pin_x), _spread_out(sorted(x for _, x in pins)), strict=True):
        canvas.line((centre, middle, x, top, x, bottom), fill=_PIN, width=3)
        circle = (centre - _RADIUS, middle - _RADIUS, centre + _RADIUS, middle + _RADIUS)
        canvas.ellipse(circle, fill=_PIN)
        label = str(number)
        canvas.text(
            (centre, middle), label, fill=_NUMBER, font=plain_lettering(label).font_at(_NUMBER_SIZE), anchor="mm"
        )


def _pin_x(pin: tuple[int, float]) -> float:
    return pin[1]


def _spread_out(places: Sequence[float]) -> list[float]:
    """Return rising places moved apart until no circles overlap, none of them beyond the strip."""
    needed = 2 * _RADIUS + 4
    rightmost = [_RIGHT - _RADIUS - needed * after for after in reversed(range(len(places)))]
    moved: list[float] = []
    for place, limit in zip(places, rightmost, strict=True):
        least = moved[-1] + needed if moved else _LEFT + _RADIUS
        moved.append(max(min(place, limit), least))
    return moved


def _fit_line(title: Lettering) -> str:
    """Return the name of a strip in one line, cut with an ellipsis where it is too long."""
    if _text_width(title.text, title) <= _RIGHT - _LEFT:
        return title.text
    text = title.text[:100]  # nothing longer can fit, and measuring it over and over would take its time
    while text and _text_width(f"{text}…", title) > _RIGHT - _LEFT:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _text_width(text: str, title: Lettering) -> float:
    return title.font_at(_TITLE_SIZE).getlength(text[:200])
