"""A static page with one explorable and no kernel: the module as Python sends it, a model of plain values."""

import json

from ipywidgets import DOMWidget

from autograder.explore._explorable import Explorable

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lesson</title>
<meta name="viewport" content="width=device-width">
<style>body { margin: 8px; }
@media (prefers-color-scheme: dark) { body { background: #14181c; } } __STYLE__</style>
</head><body><main></main><script type="module">
const state = __STATE__;
const heard = {};
window.bubbled = [];
document.addEventListener("keydown", (event) => window.bubbled.push(event.key));
window.model = {
  get: (name) => state[name],
  set(name, value) {
    if (state[name] === value) return;
    state[name] = value;
    (heard[`change:${name}`] ?? []).forEach((f) => f());
  },
  save_changes() {},
  on: (change, f) => (heard[change] ??= []).push(f),
  off: (change, f) => (heard[change] = heard[change].filter((g) => g !== f)),
  listeners: () => Object.values(heard).flat().length,
};
const module = URL.createObjectURL(new Blob([__MODULE__], { type: "text/javascript" }));
const widget = (await import(module)).default;
window.close_view = widget.render({ model: window.model, el: document.querySelector("main") });
document.body.dataset.ready = "yes";
</script></body></html>
"""


def page_of(shown: Explorable) -> str:
    """Return the page's text, its module and state inlined."""
    own = set(shown.trait_names(sync=True)) - set(DOMWidget.class_trait_names()) - {"_esm", "_css"}
    state = {name: getattr(shown, name) for name in own if not name.startswith("_anywidget")}
    inlined = {
        "__STYLE__": str(shown._css),
        "__STATE__": _script(state),
        "__MODULE__": _script(str(shown._esm)),
    }
    page = _PAGE
    for name, text in inlined.items():
        page = page.replace(name, text)
    return page


def _script(value: object) -> str:
    return json.dumps(value).replace("<", "\\u003c")
