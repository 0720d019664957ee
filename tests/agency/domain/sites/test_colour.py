from itertools import product

import pytest

from agency.domain.sites.colour import GROUNDS, contrast, is_hex, palette

INK = {False: "#191d1b", True: "#eaeeeb"}
MUTED = {False: "#626a65", True: "#939c96"}
BRANDS = ["#1d4ed8", "#f0531c", "#ffc400", "#7fb519", "#8e1b3a"]
# 51 is five steps of 17: 6 x 6 x 6 colours in both themes, the corners of the cube among them.
SWEEP = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in product(range(0, 256, 51), repeat=3)]
WHOLE_SWEEP = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in product(range(0, 256, 17), repeat=3)]

ORANGE_DARK = {
    "solid": "#f0531c",
    "on": "#111413",
    "line": "#f0531c",
    "tint": "#2e1d18",
    "tint2": "#442820",
    "text": "#f45621",
}
WINE_LIGHT = {
    "solid": "#8e1b3a",
    "on": "#ffffff",
    "line": "#8e1b3a",
    "tint": "#fdf0f2",
    "tint2": "#fee4e6",
    "text": "#8e1b3a",
}


def assert_readable(brand: str, *, dark: bool) -> None:
    colours = palette(brand, dark=dark)
    assert list(colours) == ["solid", "on", "line", "tint", "tint2", "text"]
    assert all(is_hex(colour) for colour in colours.values())
    tint = colours["tint"]
    assert contrast(colours["on"], colours["solid"]) >= 4.5
    for ground in (*GROUNDS[dark], tint):
        assert contrast(colours["text"], ground) >= 4.5
        assert contrast(colours["line"], ground) >= 3
    assert contrast(INK[dark], tint) >= 7
    assert contrast(MUTED[dark], tint) >= 4.5
    assert contrast(INK[dark], colours["tint2"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_any_brand_gives_a_readable_palette(dark: bool) -> None:
    for brand in SWEEP:
        assert_readable(brand, dark=dark)


@pytest.mark.prove
@pytest.mark.parametrize("dark", [False, True])
def test_every_brand_of_the_fine_sweep_gives_a_readable_palette(dark: bool) -> None:
    for brand in WHOLE_SWEEP:
        assert_readable(brand, dark=dark)


@pytest.mark.parametrize("brand", BRANDS)
@pytest.mark.parametrize("dark", [False, True])
def test_the_example_brands_are_readable(brand: str, dark: bool) -> None:
    assert_readable(brand, dark=dark)


def test_a_brand_that_can_carry_text_stays_itself() -> None:
    assert palette("#1d4ed8", dark=False)["solid"] == "#1d4ed8"
    assert palette("#FFC400", dark=False)["solid"] == "#ffc400"


def test_yellow_is_filled_with_dark_text_and_drawn_with_a_darker_edge() -> None:
    yellow = palette("#ffc400", dark=False)
    assert yellow["on"] == "#111413"
    assert contrast("#ffc400", "#ffffff") < 3 <= contrast(yellow["line"], "#ffffff")


def test_the_palette_is_the_one_the_design_was_drawn_with() -> None:
    assert palette("#f0531c", dark=True) == ORANGE_DARK
    assert palette("#8e1b3a", dark=False) == WINE_LIGHT


def test_contrast_runs_from_one_to_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#336699", "#336699") == 1


@pytest.mark.parametrize("text", ["", "red", "#fff", "#12345", "#1234567", "#12345g", "123456", "#123456\n", "#12345६"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    assert not is_hex(text)
    with pytest.raises(ValueError, match="#rrggbb"):
        palette(text, dark=False)
