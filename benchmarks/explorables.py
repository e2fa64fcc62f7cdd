"""How long an explorable takes from a key press to its new frame, in real Chromium, printed as a table.

`.venv/bin/python benchmarks/explorables.py` shows each explorable at lesson size on a page without a kernel, presses a
key and its opposite in turn, and prints the median and the slowest of 100 presses. Two columns:

work
    From the key's event to the moment after the next frame is painted, with Chromium's frame rate unlimited: what the
    page itself takes, handler, style, layout and paint.
60 Hz
    The same with frames at 60 a second. A key that comes just after a frame waits for the next one, up to 16.7 ms.

This is no test: figures depend on the machine and on what else it does. Its load is printed with them.
"""
# ruff: noqa: INP001, T201 (a script that prints)

from __future__ import annotations

import os
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from explore.page import page_of
from explore.scenes import SCENES, made

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PRESSES = 100
WARM = 10
# A message that is sent from the last callback before a frame arrives after the frame is painted.
WATCH = """() => {
  window.taken = [];
  addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.taken.push(performance.now() - timeStamp);
    port2.postMessage(null);
  }), { capture: true });
}"""


def press(page: Page, name: str) -> list[float]:
    """Press a key and its opposite in turn, each after the frame of the one before; return milliseconds."""
    move = SCENES[name].move
    page.set_content(page_of(made(SCENES[name].scene)))
    page.wait_for_selector("body[data-ready]")
    page.evaluate(WATCH)
    page.get_by_role(move.role, name=move.name, exact=True).focus()
    said = page.locator(".ag-words").inner_text()
    for done in range(WARM + PRESSES):
        page.keyboard.press(move.back if done % 2 else move.key)
        page.wait_for_function("n => taken.length > n", arg=done)
        if done == 0 and page.locator(".ag-words").inner_text() == said:
            sys.exit(f"{name}: {move.key} on {move.name} changed nothing, so there is nothing to measure.")
    return [float(one) for one in page.evaluate("taken")][WARM:]


def main() -> None:
    """Measure every explorable with and without a limit on the frame rate, and print the table."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    unlimited = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]
    found: dict[str, list[list[float]]] = {name: [] for name in SCENES}
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", end="; ")
    with sync_playwright() as playwright:
        for options in (unlimited, []):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*root, *options])
            page = browser.new_page(viewport={"width": 900, "height": 900})
            for name, taken in found.items():
                taken.append(press(page, name))
            version = browser.version
            browser.close()
    print(f"{os.getloadavg()[0]:.1f} after. Chromium {version}, {PRESSES} presses each, milliseconds.\n")
    print(f"{'explorable':<22}{'work: median':>14}{'slowest':>10}{'60 Hz: median':>16}{'slowest':>10}")
    for name, (work, shown) in found.items():
        print(
            f"{name:<22}{statistics.median(work):>14.1f}{max(work):>10.1f}"
            f"{statistics.median(shown):>16.1f}{max(shown):>10.1f}"
        )


if __name__ == "__main__":
    main()
