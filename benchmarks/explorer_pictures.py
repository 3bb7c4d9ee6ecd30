"""Pictures of the explorer's pages for the documentation, at desk and telephone width: ``make pictures``.

``python benchmarks/explorer_pictures.py child`` takes those of one page.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from explorer_load import start
from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
SIZES = {"desk": (1280, 960), "telephone": (375, 812)}
PAGES = {
    "child": "?a_drug=tocilizumab-iv&b_drug=none&c_drug=anakinra&flares=40&weeks=12",
    "trial": "?page=trial&seed=1",
    "study": "?page=trial",
    "system": "?page=system&parameter=innate_loop.gain_il6&factor=0",
}
MOST_KB = 300
READY = "() => !document.body.hasAttribute('aria-busy') && document.querySelector('#child-chart svg')"


def show(page: Page, name: str, address: str) -> None:
    """Open a page and wait until it is finished."""
    page.goto(address + PAGES[name])
    page.wait_for_function(READY)
    if name == "trial":
        page.click("#trial-run")
        page.wait_for_selector("#trial-result:not([hidden])", timeout=900_000)
    if name == "study":
        page.locator("summary", has_text="study of your own").click()
        page.click("#study-variant")
        page.wait_for_selector("#study-form .section")
        page.wait_for_function(READY)
    if name == "system":
        page.wait_for_selector("#system-table table")
        page.locator('#map .mechanism[data-name="fever"]').dispatch_event("click")
        page.wait_for_selector("#system-detail h3")
    page.wait_for_timeout(400)


def save(picture: bytes, file: Path, tallest: int) -> None:
    """Write it with 128 colours, its upper part where it is longer than a page."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, tallest)))
    image.quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > MOST_KB * 1000:
        raise SystemExit(f"{file.name} has {file.stat().st_size / 1000:.0f} kB.")


def main(names: list[str]) -> int:
    """Take those of the named pages, or all."""
    FOLDER.mkdir(exist_ok=True)
    server, port = start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
            for size, (width, height) in SIZES.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                for name in names or PAGES:
                    show(page, name, f"http://127.0.0.1:{port}/")
                    file = FOLDER / f"explorer-{name}-{size}.png"
                    save(page.screenshot(full_page=True), file, 1900)
                    print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")
            browser.close()
    finally:
        server.terminate()
        server.wait(60)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
