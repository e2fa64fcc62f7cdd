// The three plots of relu_gradients: the histogram of a batch, the mask, the gradient's norm through depth.
import { fixed, path, place, plot, short, svg } from "./kit.js";
import { BATCH, BENDS, UNITS, power } from "./network.js";

const CELLS = BATCH * UNITS;
const Z = [-6, 6];
const BINS = 24;

/** How many pre-activations fall into each bin, and the sum of their slopes' sizes; the outer bins take the rest. */
export function histogram(z, slopes) {
  const counts = new Array(BINS).fill(0);
  const passing = new Array(BINS).fill(0);
  let [below, above] = [0, 0];
  for (let i = 0; i < z.length; i += 1) {
    const bin = Math.floor(((z[i] - Z[0]) / (Z[1] - Z[0])) * BINS);
    if (bin < 0) below += 1;
    else if (bin >= BINS) above += 1;
    else {
      counts[bin] += 1;
      passing[bin] += Math.abs(slopes[i]);
    }
  }
  return { counts, passing, below, above };
}

function bars(heights, to) {
  const wide = (Z[1] - Z[0]) / BINS;
  const bar = (high, i) => {
    const [left, right] = [to.x(Z[0] + i * wide) + 0.75, to.x(Z[0] + (i + 1) * wide) - 0.75];
    return `M${left.toFixed(1)} ${to.y(0)}V${to.y(high).toFixed(1)}H${right.toFixed(1)}V${to.y(0)}Z`;
  };
  return heights.map((high, i) => (high > 0 ? bar(high, i) : "")).join("");
}

/** Pre-activations as a histogram, filled as far as a gradient passes; over it the slope; below it the bias to drag. */
export function batch() {
  const p = plot({ width: 360, height: 250, left: 36, right: 10, top: 44, bottom: 34 });
  const all = svg("path", { class: "ag-all" });
  const pass = svg("path", { class: "ag-bar ag-blue-fill ag-answer" });
  const slope = svg("path", { class: "ag-tangent ag-orange ag-answer ag-slope" });
  const middle = svg("line", { class: "ag-limit" });
  const legend = svg("text", { x: 350, y: 36, "text-anchor": "end", class: "ag-edge ag-answer" });
  const beyond = ["start", "end"].map((anchor) => svg("text", { "text-anchor": anchor, class: "ag-number", y: 208 }));
  const grip = svg("path", { class: "ag-grip-b" });
  const label = svg("text", { class: "ag-number", y: 76 }, "b");
  p.layer.append(all, pass, slope, middle);
  p.over.append(legend, ...beyond, grip, label);
  return {
    ...p,
    bias: (event, to) => to.unx(p.where(event).x),
    draw(state, { z, slopes }) {
      const { counts, passing, below, above } = histogram(z, slopes);
      const high = [50, 100, 200, 300, 400].find((top) => top >= Math.max(...counts)) ?? CELLS;
      const yticks = high === CELLS ? [0, 320, 640] : [0, high / 2, high];
      const to = p.axes({
        text: `pre-activations z of ${state.depth > 1 ? `layer ${state.layer}` : "the layer"}`,
        xlim: Z,
        ylim: [0, high],
        xticks: [-6, -4, -2, 0, 2, 4, 6],
        yticks,
      });
      place(all, { d: bars(counts, to) });
      place(pass, { d: bars(passing, to) });
      place(slope, { d: slopeOver(state.function, to, 0.94 * high) });
      legend.textContent = state.function === "sin" ? "--- size of the slope, at most 1" : "--- slope at z, at most 1";
      const x = to.x(state.bias);
      place(middle, { x1: x, x2: x, y1: to.y(0), y2: to.y(high) });
      place(grip, { d: `M${x} ${to.y(0) + 1}l7 11h-14Z` });
      place(label, state.bias > 3 ? { x: x - 6, "text-anchor": "end" } : { x: x + 6, "text-anchor": "start" });
      beyond[0].textContent = below ? `\u2190 ${below} beyond` : "";
      beyond[1].textContent = above ? `${above} beyond \u2192` : "";
      place(beyond[0], { x: to.x(Z[0]) + 4 });
      place(beyond[1], { x: to.x(Z[1]) - 4 });
      p.node.setAttribute("aria-label", `Histogram of ${CELLS} pre-activations, about ${short(state.bias)}`);
      return to;
    },
  };
}

/** The slope of a function at 241 places over the plot. */
function slopesOver(name) {
  const z = Float64Array.from({ length: 241 }, (_, i) => Z[0] + (i * (Z[1] - Z[0])) / 240);
  const slopes = new Float64Array(241);
  BENDS[name].fill(z, new Float64Array(241), slopes);
  return slopes;
}

function slopeOver(name, to, one) {
  const slopes = slopesOver(name);
  const d = path((z) => one * Math.abs(slopes[Math.round(((z - Z[0]) / (Z[1] - Z[0])) * 240)]), to, Z);
  if (name !== "relu" && name !== "leaky") return d;
  const low = to.y(slopes[0] * one);
  return `M${to.x(Z[0])} ${low}H${to.x(0)}M${to.x(0)} ${to.y(one)}H${to.x(Z[1])}`; // a gap at 0, not a cliff
}

const LEVELS = 8;

/** The slopes themselves: a row for each example, a column for each unit, dead columns marked. */
export function mask() {
  const size = { width: 360, height: 250, left: 36, right: 10, top: 44, bottom: 34 };
  const axes = { xlim: [0, UNITS], ylim: [BATCH, 0], xticks: [], yticks: [] };
  const p = plot(size);
  const to = p.axes({ text: "", ...axes });
  const shades = Array.from({ length: LEVELS }, (_, i) =>
    svg("path", { class: "ag-blue-fill ag-answer", "fill-opacity": ((i + 1) / LEVELS) ** 0.8 }),
  );
  const dead = svg("path", { class: "ag-dead ag-answer" });
  const cross = svg("path", { class: "ag-cross ag-answer" });
  const under = svg("text", { x: 193, y: 233, "text-anchor": "middle", class: "ag-index" });
  const beside = { transform: "translate(26 130) rotate(-90)", "text-anchor": "middle", class: "ag-index" };
  const cover = svg("text", { x: 193, y: 134, "text-anchor": "middle", class: "ag-cover" }, "Predict, then reveal");
  const edge = svg("rect", { x: 36, y: 44, width: 314, height: 172, class: "ag-frame" });
  p.layer.append(dead, ...shades, edge);
  p.over.append(cross, under, svg("text", beside, `${BATCH} examples`), cover);
  const [wide, high] = [to.x(1) - to.x(0), to.y(1) - to.y(0)];
  const cell = (i) =>
    `M${(to.x(i % UNITS) + 0.6).toFixed(1)} ${(to.y(Math.floor(i / UNITS)) + 0.4).toFixed(1)}` +
    `h${(wide - 1.2).toFixed(1)}v${(high - 0.8).toFixed(1)}h${(1.2 - wide).toFixed(1)}Z`;
  const cells = Array.from({ length: CELLS }, (_, i) => cell(i));
  return {
    ...p,
    draw(state, { slopes, dead: units, mean }) {
      const name = state.function === "relu" ? "mask" : "slopes";
      p.axes({ text: `${name}, ${BATCH} examples \u00d7 ${UNITS} units`, ...axes });
      const drawn = new Array(LEVELS).fill("");
      for (let i = 0; i < CELLS; i += 1) {
        const level = Math.ceil(Math.abs(slopes[i]) * LEVELS); // what is more than 0 is seen
        if (level > 0) drawn[level - 1] += cells[i];
      }
      shades.forEach((shade, i) => place(shade, { d: drawn[i] }));
      place(dead, { d: units.map((u) => `M${to.x(u) + 0.6} ${to.y(0)}h${wide - 1.2}V${to.y(BATCH)}h${1.2 - wide}Z`).join("") });
      place(cross, { d: units.map((u) => `M${to.x(u + 0.5) - 4} 32l8 8m0 -8l-8 8`).join("") });
      const count = units.length ? `, ${units.length} dead (\u00d7)` : ", none dead";
      under.textContent = `${UNITS} units${state.revealed ? count : ""}`;
      cover.style.display = state.revealed ? "none" : "";
      const said = state.revealed ? `, mean size ${fixed(mean)}, ${units.length} dead` : ", hidden until you predict";
      p.node.setAttribute("aria-label", `Slopes of ${BATCH} examples by ${UNITS} units${said}`);
    },
  };
}

const NORMS = { lim: [-11, 4.5], ticks: [-9, -6, -3, 0, 3] };
const raised = (n) => String(n).replace("-", "\u207b").replace(/\d/g, (digit) => "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[digit]);

/** The gradient's norm from the output (right) back to the input, for all five; the chosen one stands out. */
export function depths(depth) {
  const p = plot({ width: 360, height: 250, left: 40, right: 12, top: 30, bottom: 26 });
  const room = 0.34 * depth; // for the names, left of the input
  const to = p.axes({
    text: "norm of the gradient after each layer",
    xlim: [-room, depth],
    ylim: NORMS.lim,
    xticks: Array.from({ length: depth + 1 }, (_, i) => i),
    yticks: NORMS.ticks,
    xshow: (x) => (x === 0 ? "input" : short(x)),
    yshow: (y) => (y === 0 ? "1" : `10${raised(y)}`),
  });
  const here = svg("rect", { y: 30, height: 194, width: to.x(1) - to.x(0), class: "ag-here" });
  const lines = Object.fromEntries(
    Object.keys(BENDS).map((name) => [
      name,
      { line: svg("path", { class: "ag-answer" }), name: svg("text", { x: to.x(0) - 7, "text-anchor": "end" }, BENDS[name].label) },
    ]),
  );
  const points = Array.from({ length: depth + 1 }, () => svg("circle", { r: 4, class: "ag-orange-fill ag-answer" }));
  const cover = svg("text", { x: 210, y: 134, "text-anchor": "middle", class: "ag-cover" }, "Predict, then reveal");
  const back = svg("text", { x: 344, y: 216, "text-anchor": "end", class: "ag-number" }, "\u27f5 the way back");
  p.layer.append(here, ...Object.values(lines).map(({ line }) => line));
  p.over.append(...Object.values(lines).map(({ name }) => name), ...points, back, cover);
  const y = (norm) => to.y(Math.max(NORMS.lim[0] + 0.25, Math.min(NORMS.lim[1] - 0.1, Math.log10(norm))));
  function trace(name, norms, look) {
    const d = Array.from(norms, (norm, i) => `${to.x(i).toFixed(1)} ${y(norm).toFixed(1)}`).join("L");
    place(lines[name].line, { d: `M${d}`, class: `ag-answer ag-curve ag-norm-${look}` });
  }
  function label(state, norms) {
    const all = Object.entries(norms).map(([name, values]) => `${BENDS[name].label} ${power(values[0])}`);
    const said = state.revealed ? `: ${all.join(", ")}` : " is hidden until you predict";
    p.node.setAttribute("aria-label", `Norm of the gradient at the input${said}`);
  }
  return {
    ...p,
    layer: (event) => Math.max(1, Math.min(depth, Math.ceil(to.unx(p.where(event).x)))),
    draw(state, { norms }) {
      place(here, { x: to.x(state.layer - 1) });
      points.forEach((point, i) => place(point, { cx: to.x(i), cy: y(norms[i]) }));
      trace(state.function, norms, "chosen");
      label(state, { [state.function]: norms });
      cover.style.display = state.revealed ? "none" : "";
    },
    /** Show the other functions too; `norms` has those of all. */
    compare(state, norms) {
      const ends = Object.keys(BENDS).map((name) => ({ name, y: y(norms[name][0]) }));
      spread(ends, 14, 38, 216);
      for (const { name, y: end } of ends) {
        const chosen = name === state.function ? "chosen" : "other";
        trace(name, norms[name], chosen);
        place(lines[name].name, { y: end + 4, class: `ag-answer ag-number ag-name-${chosen}` });
      }
      p.layer.append(lines[state.function].line); // on top
      label(state, norms);
    },
  };
}

/** Move labels apart until they are `gap` from one another, inside [low, high]. */
export function spread(labels, gap, low, high) {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  sorted.forEach((label, i) => (label.y = Math.max(label.y, i ? sorted[i - 1].y + gap : low)));
  sorted.reverse().forEach((label, i) => (label.y = Math.min(label.y, i ? sorted[i - 1].y - gap : high)));
}
