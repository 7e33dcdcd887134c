"""Draws the letters that cards are put together from: ``python tests/support/letters.py``, with Chromium and DejaVu.

The letters are committed, because another machine's fonts draw others.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from pathlib import Path

import chromium

PATH = Path(__file__).parents[2] / "overrides" / "hooks" / "proof" / ".letters.bin"
SIZES = {"title": "bold 68px", "long title": "bold 54px", "line": "30px"}
LETTERS = "".join(map(chr, range(32, 127))) + "’‘“”…·✓✗–—×→≥éöü"
DRAW = """
const [style, text] = arguments, font = `${style} "DejaVu Sans"`, size = parseInt(style.match(/\\d+/)[0])
const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true })
const height = Math.round(size * 1.3), widths = [], shades = []
for (const letter of text) {
  pen.font = font
  const box = pen.measureText(letter), left = Math.ceil(Math.max(0, box.actualBoundingBoxLeft))
  const width = left + Math.round(Math.max(box.width, box.actualBoundingBoxRight))
  canvas.width = width; canvas.height = height
  pen.font = font
  pen.fillText(letter, left, size)
  const pixels = pen.getImageData(0, 0, width, height).data
  for (let n = 3; n < pixels.length; n += 4) shades.push(Math.round(pixels[n] / 17))
  widths.push([letter, width]) // an object would have them in another order
}
return { height, widths, shades }
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as profile, chromium.opened(Path(profile)) as browser:
        found = {name: browser.execute_script(DRAW, style, LETTERS) for name, style in SIZES.items()}
    shades = b"".join(bytes(size.pop("shades")) for size in found.values())
    head = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    PATH.write_bytes(head + b"\n" + zlib.compress(shades, 9))


if __name__ == "__main__":
    main()
