// relu_gradients: what a batch's pre-activations let pass of a gradient: a histogram, the mask, and the gradient's norm
// through depth. The network is in network.js, the plots in network_draw.js; here its numbers, the sentences, the whole.
import { choice, drag, fixed, frame, short, slider, snap } from "./kit.js";
import { BATCH, BENDS, DEPTHS, UNITS, deadUnits, draw, power, run } from "./network.js";
import { batch, depths, mask } from "./network_draw.js";

/** Limits of every slider; the Python face holds the same numbers and a test compares them. */
export const LIMITS = {
  weight: { min: 0, max: 3, step: 0.1 },
  bias: { min: -4, max: 4, step: 0.1 },
  layer: { ...DEPTHS, step: 1 },
};
const TRAITS = ["function", ...Object.keys(LIMITS), "depth", "seed"];
const PLACES = BATCH * UNITS;
const LATER = 80; // milliseconds

/** Remember the last answer for each name: moving the layer, or choosing a function, computes nothing anew. */
function remember(compute) {
  const kept = new Map();
  return (name, key, ...rest) => {
    if (kept.get(name)?.key !== key) kept.set(name, { key, answer: compute(name, ...rest) });
    return kept.get(name).answer;
  };
}
const network = remember((_, seed) => draw(seed));
const passed = remember((name, state) => run(name, state, network("", state.seed, state.seed)));

function through(name, state) {
  return passed(name, JSON.stringify([state.weight, state.bias, state.depth, state.seed]), state);
}

/** Everything the figure shows of the chosen function, as numbers. */
export function numbers(state) {
  const { layers, norms } = through(state.function, state);
  const { z, slopes } = layers[state.layer - 1];
  let size = 0;
  let ones = 0;
  for (const slope of slopes) {
    size += Math.abs(slope);
    if (slope === 1) ones += 1;
  }
  return { z, slopes, ones, mean: size / PLACES, dead: deadUnits(slopes), norms };
}

/** The gradient's norms for each of the five functions. */
export function allNorms(state) {
  return Object.fromEntries(Object.keys(BENDS).map((name) => [name, through(name, state).norms]));
}

/** The same in words: the figure's text alternative, and what is said after each change. */
export function sentences(state) {
  const layer = state.depth > 1 ? `, layer ${state.layer} of ${state.depth}` : "";
  const scene = `${BENDS[state.function].label}${layer}, w = ${short(state.weight)}, b = ${short(state.bias)}`;
  if (!state.revealed) return [`${scene}. The slopes are hidden until you predict.`];
  const { ones, mean, dead, norms } = numbers(state);
  const lines = [`${scene}: ${slopesInWords(state.function, ones, mean)}`, deadInWords(state.function, dead.length)];
  if (state.depth > 1) {
    const end = power(norms[0]);
    lines.push(`Back from layer ${state.depth} to the input, the gradient\u2019s norm goes from 1 to ${end}.`);
  }
  return lines;
}

function slopesInWords(name, ones, mean) {
  const all = `${BATCH} examples \u00d7 ${UNITS} units`;
  const other = { relu: "0", leaky: "0.01" }[name];
  if (other) return `the slope is 1 at ${ones} of ${PLACES} places (${all}) and ${other} at the others.`;
  return `over ${all} the slopes have a mean size of ${fixed(mean)}.`;
}

function deadInWords(name, count) {
  if (name !== "relu") return "No unit is dead: no slope is exactly 0.";
  if (count === 0) return "No unit is dead: each is on for at least one example.";
  const are = count === 1 ? "unit is" : "units are";
  return `${count} of ${UNITS} ${are} dead: off for every example, so no gradient reaches their weights.`;
}

function render({ model, el }) {
  const fr = frame(model, el, { title: "What a gradient meets on its way back", traits: TRAITS });
  const depth = fr.get("depth");
  const plots = [batch(), mask(), ...(depth > 1 ? [depths(depth)] : [])];
  const labels = Object.fromEntries(Object.entries(BENDS).map(([name, { label }]) => [name, label]));
  choice(fr, "function", { label: "Activation", options: labels });
  slider(fr, "weight", { label: "Weights w", ...LIMITS.weight });
  slider(fr, "bias", { label: "Bias b", ...LIMITS.bias });
  if (depth > 1) slider(fr, "layer", { label: "Layer shown", min: 1, max: depth, step: 1 });

  fr.figure.append(...plots.map(({ node }) => node));
  let to;
  const [first, , last] = plots;
  if (last) {
    fr.figure.classList.add("ag-beside"); // the controls where a fourth plot would be
    fr.figure.append(fr.controls);
  }
  if (!fr.locked("bias")) {
    first.node.classList.add("ag-drag");
    drag(first.node, (event) => fr.set({ bias: snap(first.bias(event, to), LIMITS.bias) }));
  }
  if (last && !fr.locked("layer")) {
    last.node.classList.add("ag-drag");
    drag(last.node, (event) => fr.set({ layer: last.layer(event) }));
  }
  // The four other functions follow some frames later: they would triple the time to the next one.
  let pending = 0;
  const compare = () => {
    clearTimeout(pending);
    pending = 0;
    last.compare(now(), allNorms(now()));
  };
  const now = () => Object.fromEntries(["revealed", ...TRAITS].map((name) => [name, fr.get(name)]));
  fr.draw(() => {
    const state = now();
    const shown = numbers(state);
    to = first.draw(state, shown);
    for (const other of plots.slice(1)) other.draw(state, shown);
    fr.say(sentences(state));
    if (last) pending ||= setTimeout(compare, LATER);
  });
  if (last) compare();
  return () => {
    clearTimeout(pending);
    fr.close();
  };
}

export default { render };
