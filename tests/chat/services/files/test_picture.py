"""Pictures written anew: what is taken, what comes out, and what is refused with its reason."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from chat.services.files import picture as pictures
from chat.services.files import picture_process
from chat.services.files.picture import BadPicture, PictureProblem, make_square
from tests.chat.services.files.pictures import as_bytes, logo, png, profile_bomb

SIDE = 192


def made(data: bytes) -> tuple[dict[str, Any], Image.Image]:
    """Write a picture anew, in here. Returns what is said of it, and what a browser sees of it."""
    said, body = picture_process.answer(data, SIDE)
    return said, Image.open(io.BytesIO(body))


def test_the_process_makes_a_small_square_of_a_logo() -> None:
    found = make_square(as_bytes(logo()), side=SIDE)
    assert Image.open(io.BytesIO(found.body)).format == "WEBP"
    assert (found.width, found.height, found.is_light) == (SIDE, SIDE, False)
    assert found.colours == ("#dc1e3c", "#1450c8")
    assert len(found.body) < 8_000


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_logo_of_each_kind_becomes_a_small_square(kind: str) -> None:
    sent = logo() if kind != "JPEG" else logo().convert("RGB")
    _, seen = made(as_bytes(sent, kind))
    assert (seen.format, seen.size) == ("WEBP", (SIDE, SIDE))


def test_what_is_not_seen_is_cut_off_and_the_rest_lies_in_the_middle() -> None:
    _, seen = made(as_bytes(logo()))
    # 360 by 160 are seen of 400 by 200.
    assert seen.convert("RGBA").getchannel("A").getbbox() == (0, 53, 192, 139)


def test_of_a_moving_picture_the_first_frame_stays() -> None:
    red, blue = (Image.new("RGB", (20, 20), colour) for colour in ("red", "blue"))
    _, seen = made(as_bytes(red, "GIF", save_all=True, append_images=[blue]))
    assert getattr(seen, "n_frames", 1) == 1
    assert seen.convert("RGB").getpixel((10, 10)) == (255, 0, 0)


def test_nothing_that_came_with_a_picture_is_in_it() -> None:
    kept = Image.Exif()
    kept[0x010E] = "taken at home"
    kept[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = as_bytes(logo(300, 150).convert("RGB"), "JPEG", exif=kept, icc_profile=profile, comment=b"taken at home")
    _, seen = made(sent)
    assert not {"comment", "exif", "xmp"} & {*seen.info}
    assert not seen.getexif()
    assert "icc_profile" not in seen.info
    # A camera that was held upright says so beside the pixels: they are turned.
    assert seen.convert("RGBA").getchannel("A").getbbox() == (48, 0, 144, 192)


def test_colours_of_another_profile_are_those_that_were_meant() -> None:
    """Lab is none of a screen's: a profile that can't be applied counts for nothing, and nothing breaks."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    _, seen = made(as_bytes(Image.new("RGB", (20, 20), (10, 200, 30)), "PNG", icc_profile=lab))
    assert seen.convert("RGB").getpixel((10, 10)) == (10, 200, 30)


def test_no_grey_is_proposed_as_a_colour() -> None:
    assert made(as_bytes(Image.new("RGB", (20, 20), (120, 120, 122))))[0]["colours"] == []


def test_a_white_logo_asks_for_a_dark_ground_and_a_white_box_does_not() -> None:
    white = Image.new("RGBA", (20, 20), (255, 255, 255, 0))
    white.paste((255, 255, 255, 255), (5, 5, 15, 12))
    assert made(as_bytes(white))[0]["is_light"]
    assert not made(as_bytes(Image.new("RGB", (20, 20), "white")))[0]["is_light"]
    assert not made(as_bytes(logo()))[0]["is_light"]


REFUSED: dict[str, tuple[bytes, PictureProblem]] = {
    "nothing": (b"", PictureProblem.EMPTY),
    "more than 2 MB": (b"\x89PNG" + bytes(pictures.MOST_BYTES), PictureProblem.HEAVY),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', PictureProblem.KIND),
    "HTML": (b"<!doctype html><script>alert(1)</script>", PictureProblem.KIND),
    "PDF": (b"%PDF-1.7\n", PictureProblem.KIND),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", PictureProblem.KIND),
    "TIFF": (as_bytes(logo(300, 150), "TIFF"), PictureProblem.KIND),
    "BMP": (as_bytes(logo(300, 150).convert("RGB"), "BMP"), PictureProblem.KIND),
    "a bomb of 50,000 by 50,000": (png(50_000, 50_000), PictureProblem.LARGE),
    "4,001 wide": (as_bytes(Image.new("L", (4_001, 3))), PictureProblem.LARGE),
    "a bomb in its profile": (profile_bomb(), PictureProblem.BROKEN),
    "a PNG that breaks off": (as_bytes(logo())[:300], PictureProblem.BROKEN),
    "a JPEG that breaks off": (as_bytes(logo().convert("RGB"), "JPEG")[:2_000], PictureProblem.BROKEN),
    "a picture of nothing": (as_bytes(Image.new("RGBA", (20, 20))), PictureProblem.BLANK),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_good_picture_is_refused_with_its_reason(name: str) -> None:
    """Decoded in here, which is quicker, but for what the process itself would die of."""
    data, problem = REFUSED[name]
    if problem in {PictureProblem.EMPTY, PictureProblem.HEAVY}:
        with pytest.raises(BadPicture) as refused:
            make_square(data, side=SIDE)
        assert refused.value.problem is problem
    else:
        assert picture_process.answer(data, SIDE) == ({"problem": problem}, b"")


def test_the_process_says_why_it_refuses() -> None:
    with pytest.raises(BadPicture) as refused:
        make_square(REFUSED["a bomb of 50,000 by 50,000"][0], side=SIDE)
    assert refused.value.problem is PictureProblem.LARGE


@pytest.mark.parametrize(
    "act",
    ["os.abort()", "bytearray(3 << 30)", "[0 for _ in iter(int, 1)]", "print('x' * (8 << 20))", "time.sleep(99)"],
    ids=["killed", "memory", "processor time", "disk", "asleep"],
)
def test_a_process_that_ends_otherwise_has_met_a_broken_picture(
    act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep = "sleep" in act
    begin = f"import os, sys, time; sys.path.insert(0, {str(pictures.PROGRAM.parent)!r}); import picture_process as own"
    monkeypatch.setattr(pictures, "PROGRAM", tmp_path / "program.py")
    monkeypatch.setattr(pictures, "_LIMIT_S", 0.5 if asleep else 15)
    pictures.PROGRAM.write_text(f"{begin}\nown._SECONDS = 1\nown.limit()\n{act}\nprint('{{}}')\n")
    with pytest.raises(BadPicture) as refused:
        make_square(b"x", side=SIDE)
    assert refused.value.problem is PictureProblem.BROKEN


def test_the_process_has_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no environment, so no key, and once it has its limits no file and no socket."""
    told = tmp_path / "told"
    source = f"""
import json, os, socket, sys
sys.path.insert(0, {str(pictures.PROGRAM.parent)!r})
import picture_process
out = open({str(told)!r}, "w")
picture_process.limit()
said = {{"environment": sorted(set(os.environ) - {{"LC_CTYPE"}}), "folder": os.getcwd()}}
for name, what in (("file", lambda: open("/etc/passwd")), ("socket", socket.socket)):
    try:
        what()
        said[name] = "open"
    except OSError:
        said[name] = "refused"
json.dump(said, out)
out.close()
"""
    monkeypatch.setenv("SECRET_KEY", "not for it")
    monkeypatch.setattr(pictures, "PROGRAM", tmp_path / "program.py")
    pictures.PROGRAM.write_text(source)
    with pytest.raises(BadPicture):
        make_square(b"x", side=SIDE)
    said = {"environment": [], "folder": "/", "file": "refused", "socket": "refused"}
    assert json.loads(told.read_text()) == said
