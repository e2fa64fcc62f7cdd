// activations: f and its derivative side by side, a tangent at the point you drag, and what happens at ReLU's corner.
// Maths first (no page needed: node runs its tests), then the sentences, then the drawing.
import { choice, drag, fixed, frame, path, place, plot, short, slider, snap, svg } from "./kit.js";

/** Limits of every slider; the Python face holds the same numbers and a test compares them. */
export const LIMITS = {
  x: { min: -6, max: 6, step: 0.1 },
  corner_slope: { min: 0, max: 1, step: 0.05 },
  sharpness: { min: 1, max: 20, step: 0.5 },
  h: { min: 0, max: 2, step: 0.1 },
};

const relu = (x) => Math.max(0, x);

function sigmoid(x) {
  const e = Math.exp(-Math.abs(x)); // at most 1: no overflow on either side
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** Each takes x and the state {corner, corner_slope, sharpness}; `y` gives the plot's limits and ticks. */
export const FUNCTIONS = {
  relu: {
    label: "ReLU",
    formula: "f(x) = max(0, x)",
    value: relu,
    slope: (x, { corner, corner_slope }) => (x > 0 ? 1 : x < 0 ? 0 : corner === "fan" ? corner_slope : NaN),
    y: { lim: [-1.5, 6], ticks: [0, 2, 4, 6] },
  },
  sigmoid: {
    label: "Sigmoid",
    formula: "f(x) = 1 / (1 + e\u207b\u02e3)",
    value: sigmoid,
    slope: (x) => sigmoid(x) * sigmoid(-x),
    y: { lim: [-0.25, 1.25], ticks: [0, 0.5, 1] },
  },
  tanh: {
    label: "Tanh",
    formula: "f(x) = tanh(x)",
    value: Math.tanh,
    slope: (x) => 4 * sigmoid(2 * x) * sigmoid(-2 * x), // 1 - tanh^2, without its cancellation at large |x|
    y: { lim: [-1.25, 1.25], ticks: [-1, 0, 1] },
  },
  softplus: {
    label: "Softplus",
    formula: "f(x) = log(1 + e^(\u03b2x)) / \u03b2",
    value: (x, { sharpness: b }) => relu(x) + Math.log1p(Math.exp(-Math.abs(b * x))) / b,
    slope: (x, { sharpness: b }) => sigmoid(b * x),
    y: { lim: [-1.5, 6], ticks: [0, 2, 4, 6] },
  },
};

/** Everything the figure shows, as numbers. `state` holds function, x, corner, corner_slope, sharpness, h. */
export function numbers(state) {
  const f = FUNCTIONS[state.function];
  const { x, h } = state;
  const y = f.value(x, state);
  const slope = f.slope(x, state);
  const secant = h > 0 ? (f.value(x + h, state) - f.value(x - h, state)) / (2 * h) : NaN;
  const atCorner = state.function === "relu" && x === 0;
  const straddles = state.function === "relu" && Math.abs(x) < h;
  return { y, slope, secant, atCorner, straddles, gap: y - relu(x) };
}

/** The same in words: the figure's text alternative, and what is said after each change. */
export function sentences(state) {
  const { y, slope, secant, atCorner, straddles, gap } = numbers(state);
  const at = `${FUNCTIONS[state.function].label} at x = ${short(state.x)}: f(x) = ${fixed(y)}`;
  if (!state.revealed) return [`${at}. The slope is hidden until you predict it.`];
  const lines = [atCorner ? `${at}.` : `${at}, slope f\u2032(x) = ${fixed(slope)}.`];
  if (atCorner) lines.push(state.corner === "hidden" ? "The graph has a corner here." : fan(state));
  if (state.function === "softplus") {
    lines.push(`With sharpness \u03b2 = ${short(state.sharpness)} it lies ${fixed(gap)} above ReLU here.`);
  }
  if (state.h > 0) {
    const off = atCorner ? "" : `, off by ${fixed(Math.abs(secant - slope))}`;
    lines.push(`Central difference with h = ${short(state.h)}: ${fixed(secant)}${off}.`);
    if (straddles) lines.push("Its two points lie on both sides of the corner.");
  }
  return lines;
}

function fan({ corner_slope: slope }) {
  const line = `The dashed line has slope ${short(slope)}; with any slope from 0 to 1 it stays on or below the graph.`;
  return `At the corner there is no slope. ${line}`;
}

const X = [-6, 6];
const XTICKS = [-6, -4, -2, 0, 2, 4, 6];
const SLOPES = { lim: [-0.15, 1.2], ticks: [0, 0.25, 0.5, 0.75, 1] };

function line(to, x1, y1, x2, y2) {
  return { x1: to.x(x1), y1: to.y(y1), x2: to.x(x2), y2: to.y(y2) };
}

/** The line of slope m through (x, y), drawn a fixed length on screen so that steep and flat look alike. */
function through(to, x, y, m, pixels) {
  const run = pixels / Math.hypot(to.x(1) - to.x(0), m * (to.y(0) - to.y(1)));
  return line(to, x - run, y - m * run, x + run, y + m * run);
}

function show(node, visible) {
  node.style.display = visible ? "" : "none";
}

/** The left plot: f, its tangent, the fan of subgradients, the probe. */
function values() {
  const p = plot();
  const limit = svg("path", { class: "ag-limit" });
  const fan = svg("path", { class: "ag-fan ag-answer" });
  const curve = svg("path", { class: "ag-curve ag-blue" });
  const tangent = svg("line", { class: "ag-tangent ag-orange ag-answer" });
  const secant = svg("line", { class: "ag-secant ag-purple ag-answer" });
  const ends = [0, 1].map(() => svg("rect", { width: 8, height: 8, class: "ag-end ag-purple ag-answer" }));
  const point = svg("circle", { r: 8, class: "ag-point ag-blue-fill" });
  p.layer.append(limit, fan, curve, secant, tangent, ...ends);
  p.over.append(point);
  return {
    node: p.node,
    where: p.where,
    draw(state, { y, slope, secant: m, atCorner }) {
      const f = FUNCTIONS[state.function];
      const to = p.axes({ text: f.formula, xlim: X, ylim: f.y.lim, xticks: XTICKS, yticks: f.y.ticks });
      const { x, h } = state;
      show(limit, state.function === "softplus");
      place(limit, { d: path(relu, to, X, 2) });
      place(curve, { d: path((t) => f.value(t, state), to, X) });
      show(fan, atCorner && state.corner === "fan");
      place(fan, { d: `M${to.x(0)} ${to.y(0)}H${to.x(6)}V${to.y(6)}ZM${to.x(0)} ${to.y(0)}H${to.x(-6)}V${to.y(-6)}Z` });
      show(tangent, !Number.isNaN(slope)); // none at a corner that keeps its answer
      if (!Number.isNaN(slope)) place(tangent, through(to, x, y, slope, 90));
      show(secant, h > 0);
      place(secant, h > 0 ? line(to, x - h, f.value(x - h, state), x + h, f.value(x + h, state)) : {});
      ends.forEach((end, i) => {
        const t = i ? x + h : x - h;
        show(end, h > 0);
        place(end, { x: to.x(t) - 4, y: to.y(f.value(t, state)) - 4 });
      });
      place(point, { cx: to.x(x), cy: to.y(y) });
      p.node.setAttribute("aria-label", `Graph of ${f.label}, ${f.formula}, with the point at x = ${short(x)}`);
      return to;
    },
  };
}

/** The right plot: the slope, with the interval that stands at ReLU's corner. */
function slopes() {
  const p = plot();
  const limit = svg("path", { class: "ag-limit ag-answer" });
  const curve = svg("path", { class: "ag-curve ag-orange ag-answer" });
  const interval = svg("line", { class: "ag-interval ag-answer" });
  const holes = [0, 1].map(() => svg("circle", { r: 4, class: "ag-hole ag-orange ag-answer" }));
  const note = svg("text", { class: "ag-note ag-answer" }, "[0, 1]");
  const error = svg("line", { class: "ag-secant ag-purple ag-answer" });
  const probe = svg("rect", { width: 30, height: 6, class: "ag-end ag-purple ag-answer" }); // wider than the point
  const point = svg("circle", { r: 8, class: "ag-point ag-orange-fill ag-answer" });
  const cover = svg("text", { x: 193, y: 128, "text-anchor": "middle", class: "ag-cover" }, "Predict, then reveal");
  p.layer.append(limit, interval, curve, error);
  p.over.append(...holes, note, probe, point, cover);
  return {
    node: p.node,
    where: p.where,
    draw(state, { slope, secant }) {
      const f = FUNCTIONS[state.function];
      const to = p.axes({ text: "slope f\u2032(x)", xlim: X, ylim: SLOPES.lim, xticks: XTICKS, yticks: SLOPES.ticks });
      const step = `M${to.x(-6)} ${to.y(0)}H${to.x(0)}M${to.x(0)} ${to.y(1)}H${to.x(6)}`;
      const isRelu = state.function === "relu";
      place(curve, { d: isRelu ? step : path((t) => f.slope(t, state), to, X) });
      show(limit, state.function === "softplus");
      place(limit, { d: step });
      const isFan = isRelu && state.corner === "fan";
      show(interval, isFan);
      place(interval, line(to, 0, 0, 0, 1));
      holes.forEach((hole, i) => {
        show(hole, isRelu);
        place(hole, { cx: to.x(0), cy: to.y(i) });
      });
      show(note, isFan);
      place(note, { x: to.x(0) - 20, y: to.y(0.5) + 4, "text-anchor": "end" });
      const probing = state.h > 0;
      show(error, probing && !Number.isNaN(slope));
      show(probe, probing);
      if (probing) {
        place(error, Number.isNaN(slope) ? {} : line(to, state.x, slope, state.x, secant));
        place(probe, { x: to.x(state.x) - 15, y: to.y(secant) - 3 });
      }
      show(point, !Number.isNaN(slope));
      if (!Number.isNaN(slope)) place(point, { cx: to.x(state.x), cy: to.y(slope) });
      show(cover, !state.revealed);
      p.node.setAttribute(
        "aria-label",
        state.revealed ? `Graph of the slope of ${f.label}` : "Graph of the slope, hidden until you predict it",
      );
      return to;
    },
  };
}

function render({ model, el }) {
  const traits = ["function", "corner", ...Object.keys(LIMITS)];
  const fr = frame(model, el, { title: "Activation functions and their slopes", traits });
  const plots = [values(), slopes()];

  const labels = Object.fromEntries(Object.entries(FUNCTIONS).map(([name, f]) => [name, f.label]));
  choice(fr, "function", { label: "Function", options: labels });
  slider(fr, "x", { label: "Point x", ...LIMITS.x });
  const chosen = slider(fr, "corner_slope", { label: "Line at the corner", answer: true, ...LIMITS.corner_slope });
  const sharpness = slider(fr, "sharpness", { label: "Sharpness \u03b2", ...LIMITS.sharpness });
  const off = (h) => (h > 0 ? short(h) : "off");
  const probe = slider(fr, "h", { label: "Probe step h", answer: true, show: off, ...LIMITS.h });

  let to;
  for (const p of plots) {
    fr.figure.append(p.node);
    if (fr.locked("x")) continue;
    p.node.classList.add("ag-drag");
    drag(p.node, (event) => fr.set({ x: snap(to.unx(p.where(event).x), LIMITS.x) }));
  }
  fr.draw(() => {
    const state = Object.fromEntries(["revealed", ...traits].map((name) => [name, fr.get(name)]));
    const shown = numbers(state);
    for (const p of plots) to = p.draw(state, shown);
    show(chosen, state.function === "relu" && state.corner === "fan");
    show(sharpness, state.function === "softplus");
    show(probe, state.h > 0 || fr.get("_scene").h > 0); // a lesson that does not speak of the probe has none
    fr.say(sentences(state));
  });
  return () => fr.close();
}

export default { render };
