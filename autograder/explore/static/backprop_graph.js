// backprop's picture: units and weights as cells with a value and a gradient each, joined by edges that light up.
import { drag, place, short, svg, unique } from "./kit.js";
import { LIMITS, PARAMETERS, STEPS, at, entryName, foundAt, lastSeen, shapeOf } from "./backprop_net.js";

const [CELL, ROW, TOP, WIDTH] = [46, 20, 62, 888];
const COLUMNS = { x: 6, W1: 162, h_a: 270, h_s: 392, W2: 540, o_a: 648, o_s: 762, L: 832 };
const HEADS = { o_s: 52, L: 50 };

/** What the eye needs of a number in a cell: three decimals, fewer when it is large. */
export function brief(x) {
  const size = Math.abs(x);
  return short(Number(x.toFixed(size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0)));
}

/** Change only the attributes that differ: most numbers stay as they are from one key press to the next. */
function put(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
}

/** Where everything stands: a box for each unit, as many rows as examples, and a stack of weights before it. */
export function layout(all, batch) {
  const examples = batch ? all.x.length : 1;
  const last = (key) => shapeOf(all[key]).at(-1);
  const node = examples * ROW;
  const [d, h, m] = ["x", "h_a", "o_a"].map(last);
  const slots = { x: [d, node], h: [h, Math.max((d + 1) * (ROW + 2), node + 6)], o: [m, Math.max((h + 1) * (ROW + 2), node + 6)] };
  const high = Math.max(...Object.values(slots).map(([n, slot]) => n * (slot + 16)));
  const middle = (part, i) => {
    const [n, slot] = slots[part];
    const gap = Math.min(36, (high - n * slot) / n); // spread, but not so far that edges get steep
    return TOP + high / 2 + (i - (n - 1) / 2) * (slot + gap);
  };
  const part = (key) => (key === "x" ? "x" : key[0]);
  const boxes = ["x", "h_a", "h_s", "o_a", "o_s"].flatMap((key) =>
    Array.from({ length: last(key) }, (_, u) => ({ key, u, x: COLUMNS[key], y: middle(part(key), u) - node / 2, high: node })),
  );
  const cells = [];
  for (const { key, u, x, y } of boxes) {
    for (let n = 0; n < examples; n += 1) cells.push({ key, index: batch ? [n, u] : [u], n, x, y: y + n * ROW });
  }
  const stack = (W, b, to, from, side) => {
    for (let k = 0; k < to; k += 1) {
      const top = middle(side, k) - ((from + 1) * (ROW + 2)) / 2 + 1;
      for (let i = 0; i < from; i += 1) cells.push({ key: W, index: batch ? [i, k] : [k, i], x: COLUMNS[W], y: top + i * (ROW + 2) });
      cells.push({ key: b, index: [k], x: COLUMNS[W], y: top + from * (ROW + 2) });
    }
  };
  stack("W1", "b1", h, d, "h");
  stack("W2", "b2", m, h, "o");
  cells.push({ key: "L", index: [], x: COLUMNS.L, y: TOP + high / 2 - ROW / 2 });
  return { cells, boxes, height: TOP + high + 8, middle, sizes: { d, h, m }, examples };
}

/** Every edge: between which points, and the entries whose work lights it up. */
function edges(batch, { cells, middle, sizes, examples }) {
  const wide = 2 * CELL;
  const ids = (key, u) => Array.from({ length: examples }, (_, n) => `${key}:${batch ? [n, u] : u}`);
  const list = [];
  for (const { key, index, x, y } of cells) {
    if (!/^[Wb]/.test(key)) continue;
    const [here, there, part, from] = key.endsWith("1") ? ["x", "h_a", "h", "x"] : ["h_s", "o_a", "o", "h"];
    const [to, source] = key[0] === "b" ? [index[0], -1] : batch ? [index[1], index[0]] : index;
    const own = [`${key}:${index}`, `\u2202${key}:${index}`];
    const mid = y + ROW / 2;
    if (source >= 0) list.push({ own, weight: { key, index }, ends: [COLUMNS[here] + wide, middle(from, source), x, mid] });
    list.push({ own, weight: { key, index }, ends: [x + wide, mid, COLUMNS[there], middle(part, to)] });
  }
  const link = (own, ...ends) => list.push({ own, ends, reads: [] });
  for (let j = 0; j < sizes.h; j += 1) {
    link([...ids("h_s", j), ...ids("\u2202h_a", j)], COLUMNS.h_a + wide, middle("h", j), COLUMNS.h_s, middle("h", j));
  }
  for (let k = 0; k < sizes.m; k += 1) {
    link([...ids("o_s", k), ...ids("\u2202o_a", k)], COLUMNS.o_a + wide, middle("o", k), COLUMNS.o_s, middle("o", k));
    const ends = [COLUMNS.o_s + HEADS.o_s, middle("o", k), COLUMNS.L, (middle("o", 0) + middle("o", sizes.m - 1)) / 2];
    list.push({ own: ["L:"], ends, reads: ids("o_s", k) }); // the loss reads the right class alone
  }
  return list;
}

const curve = ([x1, y1, x2, y2]) => `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`;

/** Text with raised and lowered parts, "W^(1)", as tspans. */
function heading(x, y, marked) {
  const [base, raised = ""] = marked.split("^");
  const [stem, lowered = ""] = base.split("_");
  const small = (text, dy) => (text ? [svg("tspan", { dy, "font-size": "70%", "font-style": "normal" }, text)] : []);
  return svg("text", { x, y, class: "bp-head" }, stem, ...small(lowered, 4), ...small(raised, -6));
}

const TITLES = {
  column: { x: "x", W1: "W^(1)", h_a: "h^a", h_s: "h^s", W2: "W^(2)", o_a: "o^a", o_s: "o^s", L: "L" },
  batch: { x: "X", W1: "W_1", h_a: "Z", h_s: "H", W2: "W_2", o_a: "S", o_s: "P", L: "L" },
};

/** Build the picture once; `draw(state, all, entry, uses)` shows a state. `pick` hears of a cell that is pointed at. */
export function graph(fr, state, all, { pick, change }) {
  const batch = state.form === "batch";
  const plan = layout(all, batch);
  const still = svg("g", { "aria-hidden": "true" }); // for the eye; the words under the figure say it
  const held = svg("g", { role: "group", "aria-label": "Numbers to change. Left and right choose one, up and down move it." });
  const size = { viewBox: `0 0 ${WIDTH} ${plan.height}`, class: "bp-graph" };
  const node = svg("svg", { ...size, role: "group", "aria-label": "The net as a graph" }, still, held);
  for (const [key, x] of Object.entries(COLUMNS)) {
    const wide = HEADS[key] ?? 2 * CELL;
    still.append(heading(x + wide / 2, 20, TITLES[state.form][key]));
    const shape = shapeOf(all[key]);
    const said = shape.length ? `(${shape.join(", ")}${shape.length === 1 ? "," : ""})` : "number";
    const bias = key[0] === "W" ? `, b (${shapeOf(all[`b${key[1]}`])[0]},)` : "";
    still.append(svg("text", { x: x + wide / 2, y: 38, class: "bp-shape" }, said + bias));
  }
  const drawn = edges(batch, plan).map((edge) => {
    const line = svg("path", { d: curve(edge.ends), class: "bp-edge" });
    still.append(line);
    return { ...edge, line };
  });
  const bend = { x: (COLUMNS.h_a + 2 * CELL + COLUMNS.h_s) / 2, y: plan.middle("h", 0) - 6, class: "bp-shape" };
  still.append(svg("text", bend, batch ? "relu" : "sin"));
  for (const { key, u, x, y, high } of plan.boxes) {
    const wide = HEADS[key] ?? 2 * CELL;
    still.append(svg("rect", { x: x - 2, y: y - 2, width: wide + 4, height: high + 4, rx: 5, class: "bp-box" }));
    if (key === "x" || key === "h_a" || key === "o_a") {
      const kind = { x: "input", h_a: "unit", o_a: "class" }[key];
      still.append(svg("text", { x: x + wide / 2, y: y - 6, class: "bp-shape" }, `${kind} ${u}`));
    }
  }
  const chips = plan.cells.map((cell) => chip(cell));
  const movable = chips.filter(({ spin }) => spin);
  movable.sort((a, b) => PARAMETERS.indexOf(a.key) - PARAMETERS.indexOf(b.key)); // Tab's and the arrows' order
  for (const { g, spin } of chips) (spin ? held : still).append(g);

  function half(key, index, x, y, wide, colour) {
    const ground = svg("rect", { x, y, width: wide, height: ROW, class: "bp-half" });
    const text = svg("text", { x: x + wide / 2, y: y + 14, class: `bp-number bp-${colour}` });
    const bar = svg("rect", { y: y + ROW - 3, height: 2.5, class: `bp-bar bp-${colour}` });
    return { key, id: `${key}:${index}`, index, ground, text, bar, mid: x + wide / 2 };
  }

  function chip({ key, index, n, x, y }) {
    const single = key === "o_s" || key === "L";
    const wide = HEADS[key] ?? 2 * CELL;
    const halves = [half(key, index, x, y, single ? wide : CELL, "blue")];
    if (!single) halves.push(half(`\u2202${key}`, index, x + CELL, y, CELL, "orange"));
    const given = PARAMETERS.includes(key);
    const spin = given && !fr.locked(key);
    const frame = svg("rect", { x, y, width: wide, height: ROW, rx: given ? 9 : 2, class: given ? "bp-pill" : "bp-cell" });
    const clip = unique("clip");
    const g = svg(
      "g",
      { class: spin ? "bp-chip bp-move" : "bp-chip" },
      svg("clipPath", { id: clip }, svg("rect", { x, y, width: wide, height: ROW, rx: given ? 9 : 2 })),
      svg("g", { "clip-path": `url(#${clip})` }, ...halves.flatMap(({ ground, bar }) => [ground, bar])),
      ...halves.map(({ text }) => text),
      frame,
    );
    if (key[0] === "b") g.append(svg("text", { x: x - 8, y: y + 14, class: "bp-shape" }, "+"));
    const made = { key, index, n, x: x + wide / 2, g, halves, spin, frame };
    if (spin) moves(made);
    else g.addEventListener("click", () => pick(made));
    return made;
  }

  function moves(made) {
    const { key, index, g } = made;
    const limits = { "aria-valuemin": -LIMITS.value, "aria-valuemax": LIMITS.value };
    place(g, { role: "spinbutton", tabindex: "-1", "aria-label": entryName(state.form, made), ...limits });
    const now = () => at(fr.get(key), index);
    let start;
    drag(g, (event) => {
      if (event.type === "pointerdown") start = { y: event.clientY, value: now() };
      const steps = Math.round((start.y - event.clientY) / 5);
      if (start.value + 0.1 * steps !== now()) change(made, start.value + 0.1 * steps);
    });
    g.addEventListener("focus", () => {
      for (const other of movable) place(other.g, { tabindex: other === made ? "0" : "-1" });
      pick(made);
    });
    g.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const by = { ArrowUp: 0.1, ArrowDown: -0.1, PageUp: 1, PageDown: -1 }[event.key];
      const to = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by) change(made, now() + by);
      if (to) movable[movable.indexOf(made) + to]?.g.focus();
      if (by || to) event.preventDefault(); // the page would scroll
    });
  }

  if (movable.length) place(movable[0].g, { tabindex: "0" });

  function draw(now, arrays, entry, uses) {
    const seen = lastSeen(now);
    const used = new Set(seen < now.step ? [] : uses.map(({ key, index }) => `${key}:${index}`));
    const result = seen < now.step ? "" : `${entry.key}:${entry.index}`;
    const asked = seen < now.step ? STEPS[now.step - 1] : [];
    for (const { key, index, n, g, halves, spin, frame } of chips) {
      frame.classList.toggle("bp-fresh", seen >= now.step && halves.some((one) => STEPS[now.step - 1].includes(one.key)));
      if (key === "o_s") frame.classList.toggle("bp-label", index.at(-1) === (batch ? now.y[n] : now.y));
      for (const { key: own, id, ground, text, bar, mid } of halves) {
        const there = foundAt(own) <= seen;
        const x = there ? at(arrays[own], index) : 0;
        const said = there ? brief(x) : asked.includes(own) ? "?" : "";
        if (text.textContent !== said) text.textContent = said;
        const long = (20 * Math.abs(x)) / (1 + Math.abs(x));
        put(bar, { x: x < 0 ? mid - long : mid, width: long });
        const look = id === result ? "result" : used.has(id) ? "used" : "";
        if (ground.dataset.look !== look) ground.dataset.look = text.dataset.look = look;
      }
      if (!spin) continue;
      const slope = foundAt(`\u2202${key}`) <= seen ? `, gradient ${short(at(arrays[`\u2202${key}`], index))}` : "";
      const value = at(arrays[key], index);
      put(g, { "aria-valuenow": value, "aria-valuetext": short(value) + slope });
    }
    const hears = (ids) => ids.length === 0 || ids.some((id) => used.has(id));
    for (const { own, weight, reads, line } of drawn) {
      const lit = weight ? own.some((id) => id === result || used.has(id)) : own.includes(result) && hears(reads);
      line.classList.toggle("bp-lit", lit);
      if (weight) put(line, { "stroke-width": lit ? 3 : 1 + 2.2 * Math.tanh(Math.abs(at(arrays[weight.key], weight.index)) / 3) });
    }
  }
  /** Where an entry stands, as a fraction of the picture's width. */
  const whereabouts = (key) => chips.find((made) => made.key === key.replace("\u2202", "")).x / WIDTH;
  return { node, draw, whereabouts };
}
