// backprop's maths: a net of two layers, one example as columns or a batch as rows; its ten steps, entry by entry, in words.
import { short } from "./kit.js";

/** Values and sizes a net may have; the Python face holds the same numbers and a test compares them. */
export const LIMITS = { value: 20, units: 4, examples: 4 };

/** What each step finds: four forward, six backward. "∂W2" is the gradient of the loss with respect to W2. */
export const STEPS = [
  ["h_a"],
  ["h_s"],
  ["o_a"],
  ["o_s", "L"],
  ["\u2202o_a"],
  ["\u2202W2", "\u2202b2"],
  ["\u2202h_s"],
  ["\u2202h_a"],
  ["\u2202W1", "\u2202b1"],
  ["\u2202x"],
];
export const FORWARD = 4;
export const PARAMETERS = ["x", "W1", "b1", "W2", "b2"];
const ALIAS = { x: "X", h_a: "Z", h_s: "H", o_a: "S", o_s: "P" };

/** The names in code: h_s is H in a batch, its gradient d_hs or dH. */
export function nameOf(form, key) {
  const slot = key.replace("\u2202", "");
  const name = form === "batch" ? (ALIAS[slot] ?? slot) : slot;
  if (slot === key) return name;
  return name.includes("_") ? `d_${name.replace("_", "")}` : `d${name}`;
}

/** The name of one entry: W2[1, 0]; a number has no index. */
export function entryName(form, { key, index }) {
  return index.length ? `${nameOf(form, key)}[${index.join(", ")}]` : nameOf(form, key);
}

/** Which step finds an array; what is given is there from the start, at 0. */
export function foundAt(key) {
  return STEPS.findIndex((keys) => keys.includes(key)) + 1;
}

const sum = (terms) => terms.reduce((a, b) => a + b, 0);
const transpose = (W) => W[0].map((_, i) => W.map((row) => row[i]));
const layer = (rows, W, b) => rows.map((v) => W.map((w, k) => sum(w.map((wi, i) => wi * v[i])) + b[k]));
const back = (rows, W) => rows.map((g) => W[0].map((_, i) => sum(g.map((gk, k) => gk * W[k][i]))));
const each = (rows, f) => rows.map((row, n) => row.map((v, k) => f(v, n, k)));
const outer = (G, A) => G[0].map((_, k) => A[0].map((__, i) => sum(G.map((g, n) => g[k] * A[n][i]))));

/** All arrays, forward and backward, nested lists as NumPy has them. `state` holds form, x, y, W1, b1, W2, b2. */
export function arrays({ form, x, y, W1, b1, W2, b2 }) {
  const batch = form === "batch";
  const [X, U1, U2] = batch ? [x, transpose(W1), transpose(W2)] : [[x], W1, W2]; // a row of U for each unit
  const label = batch ? y : [y];
  const Z = layer(X, U1, b1);
  const H = each(Z, batch ? (z) => Math.max(0, z) : Math.sin);
  const S = layer(H, U2, b2);
  const logs = S.map((row) => {
    const top = Math.max(...row);
    const all = Math.log(sum(row.map((s) => Math.exp(s - top))));
    return row.map((s) => s - top - all);
  });
  const P = each(logs, Math.exp);
  const dS = each(P, (p, n, k) => p - (k === label[n]));
  const dH = back(dS, U2);
  const dZ = each(dH, (g, n, j) => g * (batch ? Z[n][j] > 0 : Math.cos(Z[n][j])));
  const over = (G) => G[0].map((_, k) => sum(G.map((g) => g[k])));
  const [rows, turned] = batch ? [(A) => A, transpose] : [(A) => A[0], (U) => U];
  return {
    ...{ x, W1, b1, W2, b2 },
    ...{ h_a: rows(Z), h_s: rows(H), o_a: rows(S), o_s: rows(P), L: -sum(logs.map((row, n) => row[label[n]])) },
    ...{ "\u2202o_a": rows(dS), "\u2202W2": turned(outer(dS, H)), "\u2202b2": over(dS), "\u2202h_s": rows(dH) },
    ...{ "\u2202h_a": rows(dZ), "\u2202W1": turned(outer(dZ, X)), "\u2202b1": over(dZ), "\u2202x": rows(back(dZ, U1)) },
  };
}

export const at = (array, index) => index.reduce((inner, i) => inner[i], array);
export const shapeOf = (array) => (Array.isArray(array) ? [array.length, ...shapeOf(array[0])] : []);

/** The indices of an array's entries, the last running fastest. */
export function indices(array) {
  if (!Array.isArray(array)) return [[]];
  return array.flatMap((inner, i) => indices(inner).map((rest) => [i, ...rest]));
}

/** The entries that step 1 to 10 finds, in order: {key, index}. */
export function entries(all, step) {
  return STEPS[step - 1].flatMap((key) => indices(all[key]).map((index) => ({ key, index })));
}

const bracket = (x) => (x < 0 ? `(${short(x)})` : short(x));
const added = (x) => (x < 0 ? ` \u2212 ${short(-x)}` : ` + ${short(x)}`);

/** How one entry is worked out: {text, uses}, with the numbers filled in and the entries that they come from. */
export function worked({ form, y }, all, { key, index }) {
  const batch = form === "batch";
  const uses = [];
  const use = (k, i) => (uses.push({ key: k, index: i }), at(all[k], i));
  const row = batch ? index.slice(0, 1) : [];
  const u = index.at(-1);
  const count = (k) => shapeOf(all[k]).at(-1);
  const range = (n) => Array.from({ length: n }, (_, i) => i);
  const weight = (W, to, from) => [W, batch ? [from, to] : [to, from]];
  const products = (pairs) => pairs.map(([a, b]) => `${bracket(use(...a))}\u00b7${bracket(use(...b))}`).join(" + ");
  const right = (n) => (batch ? [n, y[n]] : [y]);
  const done = (text) => ({ text, uses });
  const reads = (W, source) =>
    range(count(source)).map((i) => {
      const pair = [weight(W, u, i), [source, [...row, i]]];
      return batch ? pair.reverse() : pair;
    });
  const collects = (W, above) => range(count(above)).map((k) => [[above, [...row, k]], weight(W, k, u)]);
  const share = (source, above) => {
    if (!batch) return [[[above, [index[0]]], [source, [index[1]]]]];
    return range(all.x.length).map((n) => [[source, [n, index[0]]], [above, [n, index[1]]]]);
  };
  const total = (above) => range(all.x.length).map((n) => bracket(use(above, [n, u]))).join(" + ");
  const bias = (above) => done(batch ? total(above) : short(use(above, index)));
  const steps = {
    h_a: () => done(products(reads("W1", "x")) + added(use("b1", [u]))),
    h_s: () => done(batch ? `max(0, ${short(use("h_a", index))})` : `sin(${short(use("h_a", index))})`),
    o_a: () => done(products(reads("W2", "h_s")) + added(use("b2", [u]))),
    o_s() {
      const exps = range(count("o_a")).map((k) => `exp(${short(use("o_a", [...row, k]))})`);
      return done(`${exps[u]} / (${exps.join(" + ")})`);
    },
    L() {
      const logs = range(batch ? all.x.length : 1).map((n) => `\u2212ln ${short(use("o_s", right(n)))}`);
      return done(logs.join(" ").replaceAll(" \u2212", " \u2212 "));
    },
    "\u2202o_a": () => done(`${short(use("o_s", index))} \u2212 ${u === (batch ? y[index[0]] : y) ? 1 : 0}`),
    "\u2202W2": () => done(products(share("h_s", "\u2202o_a"))),
    "\u2202b2": () => bias("\u2202o_a"),
    "\u2202h_s": () => done(products(collects("W2", "\u2202o_a"))),
    "\u2202h_a"() {
      const [g, z] = [bracket(use("\u2202h_s", index)), short(use("h_a", index))];
      return done(batch ? `${g}\u00b7(${z} > 0)` : `${g}\u00b7cos(${z})`);
    },
    "\u2202W1": () => done(products(share("x", "\u2202h_a"))),
    "\u2202b1": () => bias("\u2202h_a"),
    "\u2202x": () => done(products(collects("W1", "\u2202h_a"))),
  };
  return steps[key]();
}

/** Where a step is: "Backward 3 of 6". */
export function where(step) {
  return step <= FORWARD ? `Forward ${step} of ${FORWARD}` : `Backward ${step - FORWARD} of ${STEPS.length - FORWARD}`;
}

/** The last step whose results may be seen: with a question, the one before that where the lesson set the pointer. */
export function lastSeen({ step, revealed, scene }) {
  return revealed ? step : Math.min(step, scene.step - 1);
}

const nested = (array) => (Array.isArray(array) ? `(${array.map(nested).join(", ")})` : short(array));

/** The step in words: the figure's text alternative, and what is said after each change. */
export function sentences(state) {
  const { form, step, scene } = state;
  const all = arrays(state);
  const results = STEPS[step - 1];
  const said = results.map((key) => nameOf(form, key)).join(" and ");
  if (lastSeen(state) < step) return [`${where(step)}: ${said}. Hidden until you predict it.`];
  const found = results.map((key) => {
    const shape = shapeOf(all[key]);
    const of = shape.length ? ` of shape (${shape.join(", ")}${shape.length === 1 ? "," : ""})` : "";
    return `${nameOf(form, key)}${of} is ${nested(all[key])}`;
  });
  const listed = entries(all, step);
  const entry = listed[Math.min(state.entry, listed.length - 1)];
  const value = short(at(all[entry.key], entry.index));
  const { text } = worked(state, all, entry);
  const same = text === value ? "" : ` = ${text}`;
  return [`${where(step)}: ${found.join("; ")}.`, `${entryName(form, entry)}${same} = ${value}.`, ...story(state, all, scene)];
}

/** What became of the loss since the scene was set, and what its slopes there promised. */
function story(state, all, scene) {
  if (state.step < FORWARD) return [];
  const start = arrays({ ...state, ...scene });
  let promised = 0;
  let known = true;
  let moved = false;
  for (const key of PARAMETERS) {
    for (const index of indices(all[key])) {
      const change = at(all[key], index) - at(start[key], index);
      if (change === 0) continue;
      moved = true;
      known &&= foundAt(`\u2202${key}`) <= state.step;
      promised += change * at(start[`\u2202${key}`], index);
    }
  }
  if (!moved) return state.step > FORWARD ? [`The loss is L = ${short(all.L)}.`] : [];
  const went = `Since the start the loss went from ${short(start.L)} to ${short(all.L)}, by ${short(all.L - start.L)}.`;
  return [known ? `${went} The slopes there promised ${short(promised)}.` : went];
}
