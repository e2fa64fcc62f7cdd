// Columns: a vector as a row of bars, to look at, to drag, or to move by the arrow keys. The kit's plot is under it.
import { drag, place, plot, short, snap, svg } from "./kit.js";

const PANEL = { width: 280, height: 220, left: 40, right: 8, top: 32, bottom: 24 };

/** The ends of a line across the panel. */
export const ACROSS = { x1: PANEL.left, x2: PANEL.width - PANEL.right };

/** The index as a subscript: sub(12) is "\u2081\u2082". */
export function sub(i) {
  return String(i).replace(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));
}

/** A float as a program prints it, in few letters: 0.67, 12, 2.7e43, inf, nan. */
export function brief(x, digits = 2) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "\u2212inf";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e4 || size < 0.005) return sci(x, digits);
  return x.toFixed(size >= 1000 ? 0 : size >= 10 ? 1 : 2).replace("-", "\u2212");
}

/** A float with an exponent, at most `digits` significant: 2.7e43, 1e\u22128. */
export function sci(x, digits = 3) {
  return String(Number(x.toPrecision(digits)).toExponential()).replace("e+", "e").replaceAll("-", "\u2212");
}

/** Set a text that is often the same as before: writing it again would cost a layout. */
export function write(node, text) {
  if (node.firstChild?.data !== text) node.textContent = text;
}

/** A vector in words: (1, 2.5, \u22123). */
export function vector(values, show = short) {
  return `(${values.map((x) => show(x)).join(", ")})`;
}

/**
 * A plot of n bars. With `name` they set that trait, a list: each bar is then a slider of its own, called `label`
 * and its index, between the limits given to `draw`. `point(i)` hears which bar is meant (focus or pointer; -1: none).
 */
export function columns(fr, { n, symbol, colour, name = "", label = "", step = 0.1, answer = false, point = () => {} }) {
  const p = plot(PANEL);
  const movable = name !== "" && !fr.locked(name);
  const wide = (PANEL.width - PANEL.left - PANEL.right) / n;
  const middle = (i) => PANEL.left + (i + 0.5) * wide;
  const width = Math.min(0.66 * wide, 46);
  const bottom = PANEL.height - PANEL.bottom;
  const hidden = answer ? " ag-answer" : "";
  const bars = Array.from({ length: n }, (_, i) => ({
    bar: svg("rect", { x: middle(i) - width / 2, width, class: `ag-bar ag-${colour}-fill${hidden}` }),
    text: svg("text", { x: middle(i), "text-anchor": "middle", class: `ag-number${hidden}` }),
    index: svg("text", { x: middle(i), y: bottom + 17, "text-anchor": "middle", class: "ag-index" }, symbol + sub(i)),
  }));
  const base = svg("line", { ...ACROSS, class: "ag-zero" });
  p.layer.append(...bars.map(({ bar }) => bar), base);
  p.over.append(...bars.flatMap(({ text, index }) => [text, index]));
  const handles = movable ? bars.map((_, i) => handle(i)) : [];
  p.over.append(...handles.map(({ node }) => node));
  p.node.classList.add("ag-columns");
  if (movable) p.node.setAttribute("role", "group"); // an image cannot hold sliders
  let to;
  let offset = 0;
  let limits = { min: 0, max: 1, step };

  function change(i, value) {
    const values = [...fr.get(name)];
    const moved = snap(value, limits);
    if (moved === values[i]) return;
    values[i] = moved;
    fr.set({ [name]: values });
  }

  function handle(i) {
    const grip = svg("rect", { x: middle(i) - width / 2, width, height: 8, rx: 4, class: `ag-grip ag-${colour}` });
    const reach = svg("rect", { x: middle(i) - wide / 2, width: wide, height: 44, class: "ag-reach" });
    const ring = svg("rect", { x: middle(i) - width / 2 - 4, width: width + 8, height: 16, rx: 7, class: "ag-ring" });
    const whole = { x: middle(i) - wide / 2, y: PANEL.top, width: wide, height: bottom - PANEL.top };
    const track = svg("rect", { ...whole, class: "ag-track" });
    const role = { role: "slider", tabindex: "0", "aria-orientation": "vertical", "aria-label": `${label} ${i}` };
    const node = svg("g", { ...role, class: "ag-handle" }, track, reach, ring, grip);
    drag(node, (event) => change(i, to.uny(p.where(event).y) - offset));
    node.addEventListener("keydown", (event) => {
      const now = fr.get(name)[i];
      const keys = {
        ArrowUp: now + step,
        ArrowRight: now + step,
        ArrowDown: now - step,
        ArrowLeft: now - step,
        PageUp: now + 10 * step,
        PageDown: now - 10 * step,
        Home: limits.min,
        End: limits.max,
      };
      if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault(); // the page would scroll
      change(i, keys[event.key]);
    });
    for (const [type, at] of [["focus", i], ["pointerenter", i], ["blur", -1], ["pointerleave", -1]]) {
      node.addEventListener(type, () => point(at));
    }
    return { node, grip, reach, ring };
  }

  /**
   * Show `values`, with `texts` beside their ends; what is no finite number stands as a dashed column. `shifted` is
   * added to each before it is drawn, `range` is what a bar may be set to.
   */
  function draw({ title, values, texts, ylim, yticks, range = ylim, shifted = 0, yshow }) {
    to = p.axes({ text: title, xlim: [0, n], ylim, xticks: [], yticks, yshow });
    offset = shifted;
    limits = { min: range[0], max: range[1], step };
    const floor = Math.min(bottom, Math.max(PANEL.top, to.y(0)));
    place(base, { y1: floor, y2: floor });
    values.forEach((value, i) => {
      const { bar, text } = bars[i];
      const finite = Number.isFinite(value);
      const end = finite ? Math.min(bottom + 9, Math.max(PANEL.top - 9, to.y(value + shifted))) : PANEL.top;
      const down = finite && value + shifted < 0;
      const [top, foot] = finite ? [Math.min(end, floor), Math.max(end, floor)] : [PANEL.top + 2, bottom];
      place(bar, { y: top, height: foot - top });
      bar.classList.toggle("ag-broken", !finite);
      write(text, texts[i]);
      const gap = movable ? 12 : 6;
      const beside = down ? Math.min(foot + gap + 9, bottom - 3) : Math.max(top - gap, PANEL.top + 12);
      place(text, { y: finite ? beside : (PANEL.top + bottom) / 2 });
      if (!movable) return;
      const { node, grip, reach, ring } = handles[i];
      place(grip, { y: end - 4 });
      place(ring, { y: end - 8 });
      place(reach, { y: end - 22 });
      place(node, {
        "aria-valuemin": limits.min,
        "aria-valuemax": limits.max,
        "aria-valuenow": value,
        "aria-valuetext": short(value),
      });
    });
    return to;
  }
  return { node: p.node, layer: p.layer, over: p.over, draw, middle, width };
}
