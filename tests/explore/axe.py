"""axe-core on a page that is open: what keeps people with disabilities out of it.

The script is the one in ``vendor/axe-core``, fetched by ``tools/vendor.py``; it is run in the page, not loaded from it.
"""

from pathlib import Path

from playwright.sync_api import Page

_AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
_RUN = """async ([within, rules]) => {
  const only = rules.length ? { runOnly: rules } : {};
  const { violations } = await axe.run(within, { resultTypes: ["violations"], ...only });
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, impact, nodes }) => nodes.map((node) => `${id} (${impact}): ${node.html.slice(0, 200)}
      ${node.failureSummary}`));
}"""


def serious(page: Page, within: str = ".ag-explore", *, rules: tuple[str, ...] = ()) -> list[str]:
    """List what axe finds serious or critical in the element that a selector names, by some of its rules or by all."""
    page.wait_for_selector(within)
    if not page.evaluate("Boolean(window.axe?.run)"):
        page.evaluate(_AXE.read_text(encoding="utf-8") + "; undefined")
    # Colours that are still moving from one to another would be judged in between.
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    return [str(one) for one in page.evaluate(_RUN, [within, rules])]
