// conv_shapes: a kernel sweeps over a row or an image; how many places it has, and what is left over.
// Maths first (no page needed: node runs its tests), then the sentences, then the page. Drawing is in conv_draw.js.
import { drag, frame, html, place, short, slider, toggle } from "./kit.js";
import { drawing } from "./conv_draw.js";
import { formulas } from "./conv_formulas.js";

const whole = (min, max) => ({ min, max, step: 1 });

/** Limits of every slider; the Python face holds the same numbers and a test compares them. */
export const LIMITS = {
  channels: whole(1, 16),
  height: whole(1, 32),
  width: whole(1, 32),
  n_kernels: whole(1, 16),
  k: whole(1, 7),
  s: whole(1, 5),
  p: whole(0, 4),
  d: whole(1, 4),
};

/** One axis: the padded length, the kernel's span k', its places o, and which positions no weight ever touches. */
export function along(i, { k, s, p, d }) {
  const padded = i + 2 * p;
  const span = k + (k - 1) * (d - 1);
  const room = padded - span;
  const o = room < 0 ? 0 : Math.floor(room / s) + 1;
  const left = room < 0 ? 0 : room % s;
  const touched = new Set();
  for (let n = 0; n < o; n++) for (let tap = 0; tap < k; tap++) touched.add(n * s + tap * d);
  const unused = o ? Array.from({ length: padded }, (_, x) => x).filter((x) => !touched.has(x)) : [];
  return { i, padded, span, room, o, left, unused, skipped: unused.length - left };
}

/** Everything the figure shows, as numbers. In a row only the columns count. */
export function numbers(state) {
  const { channels, height, width, n_kernels: n, k, bias, view } = state;
  const columns = along(width, state);
  const rows = view === "row" ? { ...along(k, { ...state, s: 1, p: 0, d: 1 }), o: 1 } : along(height, state);
  const places = rows.o * columns.o;
  const at = Math.max(0, Math.min(state.place, places - 1));
  const each = channels * k * k;
  return {
    rows,
    columns,
    places,
    place: at,
    row: columns.o ? Math.floor(at / columns.o) : 0,
    column: columns.o ? at % columns.o : 0,
    output: [n, rows.o, columns.o],
    parameters: n * (bias ? each + 1 : each),
  };
}

/** Whether a letter is left out of formulas and words: the lesson has not come to it, and it does nothing. */
export function silent(state, name) {
  return state.hide.includes(name) && state[name] === (name === "p" ? 0 : 1);
}

/** The fraction under the floor, with its numbers filled in, and its value. */
export function filled({ i, span, room }, state) {
  const padding = silent(state, "p") ? "" : ` + 2\u00b7${state.p}`;
  return { above: `${i}${padding} \u2212 ${span}`, below: String(state.s), value: short(room / state.s) };
}

const count = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;

function tooLong(axis, state, what) {
  const formula = `\u230a${short(axis.room / state.s)}\u230b + 1 = ${short(Math.floor(axis.room / state.s) + 1)}`;
  const has = `the ${what} with its padding has ${axis.padded}`;
  return (
    `The kernel does not fit: from its first weight to its last it spans ${axis.span}, and ${has}. ` +
    `It has no place at all, whatever the formula gives (${formula}).`
  );
}

/** The same in words: the figure's text alternative, and what is said after each change. */
export function sentences(state) {
  const { rows, columns, places, place: at, row, column, output, parameters } = numbers(state);
  const { channels, n_kernels: n, k, s, d, bias, revealed } = state;
  const isRow = state.view === "row";
  const letters = ["k", "s", "p", "d"].filter((name) => !silent(state, name));
  const settings = letters.map((name) => `${name} = ${state[name]}`).join(", ");
  const given = isRow
    ? `One row: i = ${state.width}, ${settings}.`
    : `Input (${channels}, ${state.height}, ${state.width}), ${count(n, "kernel")}: ${settings}.`;
  if (!revealed) return [`${given} What comes out is hidden until you predict it.`];
  const lines = [given];
  const misfits = isRow ? [[columns, "row"]] : [[rows, "height"], [columns, "width"]];
  const failed = misfits.filter(([axis]) => !axis.o);
  for (const [axis, what] of failed) lines.push(tooLong(axis, state, what));
  if (!failed.length) {
    const size = `Output (${output.join(", ")}): ${count(rows.o, "place")} down, ${columns.o} across.`;
    lines.push(isRow ? `${count(places, "place")}, so o = ${columns.o}.` : size);
    lines.push(remains(isRow ? null : rows, columns));
    const reach = (start, axis) => (axis.span === 1 ? `${start}` : `${start} to ${start + axis.span - 1}`);
    const here = `Place ${at + 1} of ${places}:`;
    const what = state.p ? "padded " : "";
    const gaps = d > 1 && k > 1 ? `, each ${d} apart` : "";
    if (isRow) lines.push(`${here} pixels ${reach(column * s, columns)} of the ${what}row${gaps}.`);
    else {
      const seen = `rows ${reach(row * s, rows)} and columns ${reach(column * s, columns)} of the ${what}image${gaps}`;
      lines.push(`${here} row ${row}, column ${column} of the output looks at ${seen}.`);
    }
  }
  if (!isRow) {
    const each = `${channels}\u00b7${k}\u00b7${k}`;
    lines.push(`Parameters: ${n}\u00b7${bias ? `(${each} + 1)` : each} = ${parameters}.`);
  }
  return lines;
}

function remains(rows, columns) {
  const at = (n, one, where) => (n ? [`${count(n, one)} ${where}`] : []);
  const left = rows
    ? [...at(rows.left, "row", "below"), ...at(columns.left, "column", "on the right")]
    : at(columns.left, "pixel", "at the right border");
  const skipped = rows
    ? [...at(rows.skipped, "row", "in between"), ...at(columns.skipped, "column", "in between")]
    : at(columns.skipped, "pixel", "in between");
  const over = left.length ? `Left over, hatched: ${left.join(", ")}.` : "Nothing is left over at the border.";
  return skipped.length ? `${over} Never looked at: ${skipped.join(", ")}.` : over;
}

const LABELS = {
  height: "Height i",
  width: "Width i",
  channels: "Channels C",
  n_kernels: "Kernels",
  k: "Kernel size k",
  s: "Stride s",
  p: "Padding p",
  d: "Dilation d",
};

/** The slider that moves the kernel; up and down go a row back and on, and a button sweeps over all places. */
function sweeping(fr, now) {
  let input;
  fr.draw(() => {
    if (input) input.max = Math.max(0, now().places - 1); // before the slider's own drawing, which sets its value
  });
  const text = (value) => String(Math.min(value, now().places - 1) + 1);
  const row = slider(fr, "place", { label: "Place", answer: true, min: 0, max: 1599, step: 1, show: text });
  input = row.querySelector("input");
  place(input, { max: Math.max(0, now().places - 1) });
  input.value = now().place;
  const go = (at) => fr.set({ place: Math.max(0, Math.min(at, now().places - 1)) });
  input.addEventListener("keydown", (event) => {
    const line = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { rows, columns, place: at } = now();
    const to = rows.o > 1 ? at + line * columns.o : at + line;
    if (to >= 0 && to < now().places) go(to);
  });

  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const button = html("button", { type: "button", class: "ag-button ag-answer ag-sweep" });
  const words = fr.controls.parentNode.querySelector(".ag-words");
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = still ? "Next place" : "Sweep";
    words.setAttribute("aria-live", "polite");
  };
  const last = () => now().place >= now().places - 1;
  const step = () => {
    go(now().place + 1);
    if (last()) stop();
  };
  button.addEventListener("click", () => {
    if (timer) return stop();
    if (still || now().places < 2) return go(last() ? 0 : now().place + 1);
    if (last()) go(0);
    button.textContent = "Stop";
    words.setAttribute("aria-live", "off"); // nobody wants every place read out
    timer = setInterval(step, Math.max(60, Math.min(450, 9000 / now().places)));
  });
  stop();
  button.disabled = input.disabled;
  row.append(button);
  row.classList.add("ag-place");
  fr.draw(() => {
    const none = now().places === 0;
    input.disabled = button.disabled = none || fr.locked("place");
    if ((none || !fr.get("revealed")) && timer) stop();
  });
  return { go, stop };
}

function render({ model, el }) {
  const traits = ["view", "hide", "place", "bias", ...Object.keys(LIMITS)];
  const fr = frame(model, el, { title: "What a convolution makes of a shape", traits });
  fr.controls.parentNode.classList.add("ag-conv");
  const read = () => Object.fromEntries(["revealed", ...traits].map((name) => [name, fr.get(name)]));
  let state;
  let shown;
  fr.draw(() => {
    state = read();
    shown = numbers(state);
  });
  const isRow = state.view === "row";
  const drawn = drawing(isRow);
  const formula = formulas(isRow);
  fr.figure.append(drawn.node, formula.node);

  const names = isRow ? ["width", "k", "s", "p", "d"] : Object.keys(LABELS);
  for (const name of names.filter((name) => !state.hide.includes(name))) {
    slider(fr, name, { label: isRow && name === "width" ? "Pixels i" : LABELS[name], ...LIMITS[name] });
  }
  if (!isRow && !state.hide.includes("bias")) toggle(fr, "bias", { label: "A bias for each kernel" });
  const sweep = sweeping(fr, () => shown);
  if (!fr.locked("place")) {
    drawn.node.classList.add("ag-sweepable");
    drag(drawn.node, (event) => {
      if (!state.revealed || !shown.places) return;
      sweep.stop();
      const at = drawn.under(event, state, shown);
      if (at >= 0) sweep.go(at);
    });
  }
  const draw = () => {
    drawn.draw(state, shown);
    formula.draw(state, shown, { filled, silent });
    fr.say(sentences(state));
  };
  fr.draw(draw);
  const sizes = new ResizeObserver(([entry]) => {
    if (drawn.fit(entry.contentRect.width)) drawn.draw(state, shown);
  });
  sizes.observe(fr.figure);
  return () => {
    sizes.disconnect();
    sweep.stop();
    fr.close();
  };
}

export default { render };
