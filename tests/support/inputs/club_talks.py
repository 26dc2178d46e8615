"""Four short talks of a club of stargazers, as the plain caption files that somebody has on their disk."""

from __future__ import annotations

_FIRST_TELESCOPE = [
    (0, "Good evening everyone, tonight is about choosing a first telescope."),
    (6, "The number that matters is the aperture, the width of the mirror or the lens."),
    (14, "For a beginner I recommend an aperture of six inches, that is one hundred and fifty millimetres."),
    (24, "It shows the rings of Saturn, the bands of Jupiter and hundreds of galaxies from a dark garden."),
    (35, "Magnification on the box is a lie, any telescope can be pushed too far."),
    (44, "A useful limit is fifty times for every inch of aperture."),
    (55, "Now the mount. A Dobsonian is the cheapest mount, it stands on the ground and turns like a cannon."),
    (68, "A six inch Dobsonian weighs about fifteen kilograms with its base."),
    (80, "You can carry it outside in two trips, so you will really use it."),
    (95, "An equatorial mount follows the stars with one motor, but it takes ten minutes to set up."),
    (110, "Spend what is left on one good eyepiece, around twenty five millimetres."),
    (125, "And please, come to a club night first and look through ours."),
]
_COLLIMATION = [
    (0, "Welcome back. Today we collimate a Newtonian, which means that we line up its two mirrors."),
    (9, "You need a Cheshire eyepiece or a laser, and a screwdriver."),
    (18, "First look through the focuser and centre the secondary mirror under it."),
    (28, "Then turn the three small screws of the secondary until you see the whole primary mirror."),
    (40, "Last come the big screws behind the primary. Turn one of them a little, and look again."),
    (52, "The dot in the middle of the primary has to sit inside the ring of the Cheshire."),
    (66, "A laser must itself be collimated, or it lines up everything wrong."),
    (78, "Check it on a star. Defocus a bright star, and the rings around it should be concentric."),
    (92, "Do this every time that you have driven somewhere with the telescope in the car."),
    (105, "It takes two minutes once you have done it five times."),
]
_STAR_CHART = [
    (0, "This talk is about reading a star chart."),
    (5, "A star chart looks wrong at first because east and west are swapped, you hold it over your head."),
    (16, "Start with the Plough. Its two outer stars are called the pointers."),
    (26, "Follow the pointers five times their distance, and you arrive at Polaris, the pole star."),
    (38, "Polaris is not bright, but it stands still while everything turns around it."),
    (50, "The size of a dot on the chart is the brightness of the star, and that is called its magnitude."),
    (62, "A small magnitude is bright. Vega has magnitude zero, and the eye ends at six."),
    (75, "Use a red light to read the chart, white light spoils your night vision for twenty minutes."),
    (90, "For galaxies we hop from star to star, with a finder that shows five degrees of sky."),
    (104, "Next time you draw your own chart of Orion."),
]
_CARE = [
    (0, "Tonight is about the care of a telescope, with two questions that you have sent us."),
    (8, "How do you clean a dusty mirror? Mostly you do not, dust takes away less light than a scratch does."),
    (20, "If you must clean the mirror, rinse it with distilled water and one drop of washing up liquid."),
    (32, "Never rub the mirror. Let it drip dry on its edge, standing in the bath tub."),
    (45, "The second question was how to keep dew off the lens."),
    (52, "A dew shield keeps dew off the lens for an hour, and a strip of camping mat makes a good dew shield."),
    (66, "On wet nights a heated strap around the tube keeps dew off the lens until morning."),
    (80, "When you come in, leave the caps off until everything is dry, or you get fungus."),
    (95, "Store the telescope where it is cold and dry, so that it is ready at once."),
]


def _captions(lines: list[tuple[int, str]]) -> bytes:
    """A SubRip file in which each line stands until the next one."""
    ends = [*(second for second, _ in lines[1:]), lines[-1][0] + 10]
    cues = [
        f"{number}\n{_clock(begin)},000 --> {_clock(end)},000\n{text}\n"
        for number, ((begin, text), end) in enumerate(zip(lines, ends, strict=True), 1)
    ]
    return "\n".join(cues).encode()


def _clock(second: int) -> str:
    return f"00:{second // 60:02}:{second % 60:02}"


FIRST_TALKS = {
    "Choosing a first telescope.srt": _captions(_FIRST_TELESCOPE),
    "Collimating a Newtonian.srt": _captions(_COLLIMATION),
    "Reading a star chart.srt": _captions(_STAR_CHART),
}
"""By the names of their files."""
CARE_TALK = ("Care of a telescope.srt", _captions(_CARE))
"""The talk that answers how a mirror is cleaned and what keeps dew away."""
