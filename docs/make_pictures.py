"""Make the pictures of the documentation: the Summary of the demo workbook, in both languages.

Needs LibreOffice (soffice), poppler (pdftoppm) and the fonts Carlito and WenQuanYi:
``python docs/make_pictures.py`` writes docs/images/summary.png and docs/images/summary_zh.png.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from xlclv.cli import main as main_command
from xlclv.text import LANGUAGES

IMAGES = Path(__file__).parent / "images"
DOTS = 130
#: The part of an A4 landscape page that holds the Summary, in inches: left, top, width, height.
CROP = (0.42, 0.5, 10.85, 6.95)
ONLY_FIRST_PAGE = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}'
#: Stand-ins of the fonts the workbook names, as Excel would replace them.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern"><test name="family"><string>Microsoft YaHei</string></test>
    <edit name="family" mode="assign" binding="strong"><string>Carlito</string><string>WenQuanYi Zen Hei</string></edit>
  </match>
</fontconfig>
"""


def program(name: str) -> str:
    """Return the path of a program, or end with a sentence."""
    found = shutil.which(name)
    if found is None:
        sys.exit(f"{name} is not on this machine; install libreoffice-calc and poppler-utils.")
    return found


def main() -> None:
    """Build the demo, print its first page and cut it out."""
    soffice, pdftoppm = program("soffice"), program("pdftoppm")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fonts.conf").write_text(FONTS, encoding="utf-8")
        environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
        for lang in LANGUAGES:
            book = folder / f"customer-value-{lang}.xlsx"
            if main_command(["demo", "--no-open", "--lang", lang, "--out", str(book)]) != 0:
                sys.exit("the demo failed")
            profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
            convert = [
                soffice,
                profile,
                "--headless",
                "--convert-to",
                ONLY_FIRST_PAGE,
                "--outdir",
                str(folder),
                str(book),
            ]
            subprocess.run(convert, check=True, capture_output=True, env=environment)
            left, top, width, height = (str(round(inches * DOTS)) for inches in CROP)
            target = IMAGES / ("summary" if lang == "en" else f"summary_{lang}")
            cut = ["-r", str(DOTS), "-x", left, "-y", top, "-W", width, "-H", height]
            pdf = str(book.with_suffix(".pdf"))
            subprocess.run([pdftoppm, *cut, "-png", "-singlefile", pdf, str(target)], check=True)
            size = target.with_suffix(".png").stat().st_size
            print(f"{target.with_suffix('.png')}  {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
