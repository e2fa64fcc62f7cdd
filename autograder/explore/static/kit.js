// What every explorable shares: elements, numbers, the frame around a figure, sliders, choices and a plot.
// An explorable's own module imports from here; Python sends both files to the browser as one module.

const SVG = "http://www.w3.org/2000/svg";

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** An HTML element. Text is always set as text, so a question that holds "<b>" shows "<b>". */
export function html(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

/** Change attributes of an element that is there already. */
export function place(node, attributes) {
  return build(node, attributes, []);
}

/** An id no other view on the page has (one module may be loaded several times, so no counter). */
export function unique(stem) {
  return `ag-${stem}-${Math.random().toString(36).slice(2, 10)}`;
}

/** A number with a fixed count of decimals and a true minus sign; never "minus zero". */
export function fixed(x, decimals = 4) {
  const text = x.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

/** A number as short as it can be: 1, 0.5, -2.25. */
export function short(x) {
  return String(Number(x.toFixed(4)) + 0).replace("-", "\u2212");
}

/** Round to a multiple of `step` inside [min, max], without the dust of binary fractions. */
export function snap(x, { min, max, step }) {
  const rounded = Number((Math.round(x / step) * step).toFixed(6)) + 0;
  return Math.min(max, Math.max(min, rounded));
}

// Jupyter listens for keys on the whole page: an arrow would select the next cell, a capital M would merge cells.
// Keys meant for a control stay here. Shortcuts with a modifier, Escape and Shift+Enter still reach Jupyter.
function forJupyter(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape";
  return modified || (event.shiftKey && event.key === "Enter");
}

function keepKeys(root) {
  const stop = (event) => forJupyter(event) || event.stopPropagation();
  for (const type of ["keydown", "keypress", "keyup"]) root.addEventListener(type, stop);
  // Notebook 7 hears of a key before the control does, and leaves it alone where the control itself has this mark.
  const mark = (event) => event.target.toggleAttribute("data-lm-suppress-shortcuts", !forJupyter(event));
  root.addEventListener("focusin", () => window.addEventListener("keydown", mark, true));
  root.addEventListener("focusout", () => window.removeEventListener("keydown", mark, true));
}

/**
 * The frame of an explorable: question, figure, controls, the numbers in words, reset.
 *
 * All state lives in the model's traits, of which `traits` names the explorable's own. `set` writes some of them,
 * `draw(f)` calls f now and after every change. `onReset` is for what is reset besides the traits.
 */
export function frame(model, el, { title, traits, onReset = () => {} }) {
  const figure = html("div", { class: "ag-figure" });
  const controls = html("div", { class: "ag-controls" });
  const words = html("div", { class: "ag-words", role: "status", "aria-live": "polite", tabindex: "-1" });
  const reset = html("button", { type: "button", class: "ag-button" }, "Reset");
  const root = html("section", { class: "ag-explore", "aria-label": title });
  const heard = ["ask", "prediction", "revealed", ...traits].map((name) => `change:${name}`);
  const redraws = [];
  const redraw = () => redraws.forEach((draw) => draw());

  const set = (state) => {
    for (const [name, value] of Object.entries(state)) model.set(name, value);
    model.save_changes();
  };
  reset.addEventListener("click", () => {
    set(model.get("_scene"));
    onReset();
  });
  keepKeys(root);

  root.append(question(), figure, controls, reset, words);
  el.append(root);
  redraw();
  for (const change of heard) model.on(change, redraw);

  function question() {
    const asked = html("p", { class: "ag-question" });
    const guess = html("input", {
      type: "text",
      autocomplete: "off",
      class: "ag-guess",
      required: "", // the browser says so, in the reader's language; a question mark will do
      pattern: ".*\\S.*",
      title: "Write what you expect. A guess will do.",
    });
    const form = html(
      "form",
      { class: "ag-guessing" },
      html("label", {}, "Your prediction ", guess),
      html("button", { type: "submit", class: "ag-button" }, "Reveal"),
    );
    const guessed = html("p", { class: "ag-guessed" });
    const box = html("div", { class: "ag-ask" }, asked, form, guessed);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      set({ prediction: guess.value, revealed: true });
      words.focus(); // the button is gone now; what it revealed is read next
    });
    redraws.push(() => {
      const revealed = model.get("revealed");
      root.dataset.revealed = revealed;
      asked.textContent = model.get("ask");
      asked.hidden = !model.get("ask");
      if (form.hidden !== revealed) guess.value = model.get("prediction");
      form.hidden = revealed;
      guessed.textContent = `You predicted: ${model.get("prediction")}`;
      guessed.hidden = !revealed || !model.get("prediction");
      box.hidden = asked.hidden && form.hidden && guessed.hidden;
    });
    return box;
  }

  return {
    figure,
    controls,
    get: (name) => model.get(name),
    set,
    locked: (name) => model.get("lock").includes(name),
    /** Show sentences, one a line; they are also what a screen reader says after a change. */
    say(sentences) {
      const text = sentences.join("\n");
      if (words.textContent !== text) words.textContent = text;
    },
    draw(f) {
      redraws.push(f);
      f();
    },
    close() {
      for (const change of heard) model.off(change, redraw);
    },
  };
}

/**
 * A labelled native range input bound to one trait; `show` turns its value into words. On a scale of its own (a
 * logarithm, say) `to` gives the slider's position for a value and `from` the value there.
 */
export function slider(fr, name, { label, min, max, step, show = short, answer = false, to = Number, from = Number }) {
  const id = unique(name);
  const input = html("input", { type: "range", id, min, max, step, "data-name": name });
  // No <output>: it is a live region of its own and would be read besides the words under the figure.
  const value = html("span", { class: "ag-value", "aria-hidden": "true" });
  const row = html(
    "div",
    { class: answer ? "ag-row ag-answer" : "ag-row" },
    html("label", { for: id }, label),
    input,
    value,
  );
  input.disabled = fr.locked(name);
  input.addEventListener("input", () => fr.set({ [name]: from(Number(input.value)) }));
  fr.controls.append(row);
  fr.draw(() => {
    const now = fr.get(name);
    if (Number(input.value) !== to(now)) input.value = to(now);
    value.textContent = show(now);
    input.setAttribute("aria-valuetext", show(now));
  });
  return row;
}

/** Radio buttons bound to one trait. `options` maps a value to its label. */
export function choice(fr, name, { label, options }) {
  const group = unique(name);
  const inputs = Object.entries(options).map(([value, text]) => {
    const input = html("input", { type: "radio", name: group, value });
    input.addEventListener("change", () => fr.set({ [name]: value }));
    return [input, html("label", {}, input, ` ${text}`)];
  });
  const set = html("fieldset", { class: "ag-choice" }, html("legend", {}, label), ...inputs.map(([, text]) => text));
  set.disabled = fr.locked(name);
  fr.controls.append(set);
  fr.draw(() => inputs.forEach(([input]) => (input.checked = input.value === fr.get(name))));
  return set;
}

/** A checkbox bound to one trait that is true or false. */
export function toggle(fr, name, { label, answer = false }) {
  const input = html("input", { type: "checkbox" });
  const row = html("label", { class: answer ? "ag-toggle ag-answer" : "ag-toggle" }, input, ` ${label}`);
  input.disabled = fr.locked(name);
  input.addEventListener("change", () => fr.set({ [name]: input.checked }));
  fr.controls.append(row);
  fr.draw(() => (input.checked = fr.get(name)));
  return row;
}

/** Follow a pointer that is pressed on `node`: `move(event)` at the press and at each motion until it is let go. */
export function drag(node, move) {
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    move(event);
  });
  node.addEventListener("pointermove", (event) => {
    if (node.hasPointerCapture(event.pointerId)) move(event);
  });
}

const SIZE = { width: 360, height: 250, left: 36, right: 10, top: 30, bottom: 26 };

/** Maps from data to pixels and back, for given limits. */
export function scale([x0, x1], [y0, y1], size = SIZE) {
  const wide = size.width - size.left - size.right;
  const high = size.height - size.top - size.bottom;
  return {
    x: (x) => size.left + ((x - x0) / (x1 - x0)) * wide,
    y: (y) => size.top + ((y1 - y) / (y1 - y0)) * high,
    unx: (px) => x0 + ((px - size.left) / wide) * (x1 - x0),
    uny: (py) => y1 - ((py - size.top) / high) * (y1 - y0),
  };
}

/** The path of a function's graph over [from, to]. */
export function path(f, to, [from, until], points = 240) {
  const step = (until - from) / points;
  const at = (i) => `${to.x(from + i * step).toFixed(2)} ${to.y(f(from + i * step)).toFixed(2)}`;
  return "M" + Array.from({ length: points + 1 }, (_, i) => at(i)).join("L");
}

/**
 * A plot with axes and a clipped layer to draw on; `axes` sets title, limits and ticks and returns the maps.
 * `xshow` and `yshow` turn a tick into its label (a logarithm into its number, say).
 */
export function plot(size = SIZE) {
  const clip = unique("clip");
  const { left, right, top, bottom, width, height } = size;
  const inner = { x: left, y: top, width: width - left - right, height: height - top - bottom };
  const grid = svg("g", { class: "ag-grid" });
  const title = svg("text", { x: left, y: 18, class: "ag-title" });
  const layer = svg("g", { "clip-path": `url(#${clip})` });
  const over = svg("g");
  const node = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, class: "ag-plot", role: "img" },
    svg("clipPath", { id: clip }, svg("rect", inner)),
    svg("rect", { ...inner, class: "ag-ground" }),
    grid,
    title,
    layer,
    over,
  );
  let drawn = "";
  function axes({ text, xlim, ylim, xticks, yticks, xshow = short, yshow = short }) {
    const to = scale(xlim, ylim, size);
    title.textContent = text;
    const wanted = JSON.stringify([xlim, ylim, xticks, yticks]);
    if (wanted === drawn) return to;
    drawn = wanted;
    const line = (a, b, c, d, zero) =>
      svg("line", { x1: a, y1: b, x2: c, y2: d, class: zero ? "ag-zero" : "ag-tick" });
    grid.replaceChildren(
      ...xticks.flatMap((x) => [
        line(to.x(x), top, to.x(x), height - bottom, x === 0),
        svg("text", { x: to.x(x), y: height - 8, "text-anchor": "middle" }, xshow(x)),
      ]),
      ...yticks.flatMap((y) => [
        line(left, to.y(y), width - right, to.y(y), y === 0),
        svg("text", { x: left - 6, y: to.y(y) + 4, "text-anchor": "end" }, yshow(y)),
      ]),
    );
    return to;
  }
  /** Where a pointer is, in the plot's own pixels, whatever size it is shown at. */
  const where = (event) =>
    new DOMPoint(event.clientX, event.clientY).matrixTransform(node.getScreenCTM().inverse());
  return { node, layer, over, axes, where };
}
