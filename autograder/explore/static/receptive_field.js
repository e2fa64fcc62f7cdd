// receptive_field: a stack of layers along one axis, and every pixel that one number at the top depends on.
// Maths first (no page needed: node runs its tests), then the sentences, then the drawing.
import { drag, frame, html, place, slider, svg } from "./kit.js";

/** Limits of a layer's entries and of the number of layers; the Python face holds the same. */
export const LIMITS = { k: [1, 5], s: [1, 3], d: [1, 4] };
export const MOST = 4;

/** From the image up: receptive field r, jump j, and where the first number of a level has its middle. */
export function levels(layers) {
  const found = [{ r: 1, j: 1, middle: 0 }];
  for (const { k, s, d } of layers) {
    const { r, j, middle } = found[found.length - 1];
    const steps = (k - 1) * d;
    found.push({ r: r + steps * j, j: j * s, middle: middle + (steps * j) / 2 });
  }
  return found;
}

/** What number 0 of `level` depends on, for each level below: indices of numbers there, and edges down to them. */
export function tree(layers, level) {
  let seen = [0];
  const units = { [level]: seen };
  const edges = [];
  for (let above = level; above > 0; above--) {
    const { k, s, d } = layers[above - 1];
    const below = new Set();
    for (const unit of seen) {
      for (let tap = 0; tap < k; tap++) {
        below.add(unit * s + tap * d);
        edges.push([above, unit, unit * s + tap * d]);
      }
    }
    seen = [...below].sort((a, b) => a - b);
    units[above - 1] = seen;
  }
  return { units, edges };
}

/** How many pixels are looked at; the others inside the field are skipped. */
export function numbers({ layers, level }) {
  const all = levels(layers);
  const top = Math.min(level, layers.length);
  const { units, edges } = tree(layers, top);
  const looked = units[0].length;
  return { all, top, units, edges, field: all[top].r, jump: all[top].j, looked, skipped: all[top].r - looked };
}

/** The step from the layer below to the one looked from: r and j with their numbers filled in. */
export function step({ layers }, { all, top }) {
  if (!top) return ["1, a pixel sees itself", "1"];
  const { k, s, d } = layers[top - 1];
  const { r, j } = all[top - 1];
  const span = k + (k - 1) * (d - 1);
  return [`${r} + (${span} \u2212 1)\u00b7${j} = ${all[top].r}`, `${j}\u00b7${s} = ${all[top].j}`];
}

const count = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;

/** The same in words: the figure's text alternative, and what is said after each change. */
export function sentences(state) {
  const { top, field, jump, skipped } = numbers(state);
  const each = state.layers.map(({ kind, k, s, d }) => `${kind} k = ${k}, s = ${s}${d > 1 ? `, d = ${d}` : ""}`);
  const stack = `From the image up: ${each.join("; ")}.`;
  if (!state.revealed) return [`${stack} The receptive field is hidden until you predict it.`];
  const from = top ? `number of layer ${top}` : "pixel of the image";
  const lines = [stack, `One ${from} sees r = ${count(field, "pixel")}.`];
  if (skipped) lines.push(`${skipped} of them it never looks at.`);
  lines.push(`Its neighbour sees as many, j = ${count(jump, "pixel")} further on.`);
  return lines;
}

const BOX = { width: 520, height: 300, left: 62, right: 14, top: 26, bottom: 46 };

function drawing() {
  const lines = svg("path", { class: "ag-f-edges ag-answer" });
  const neighbour = svg("path", { class: "ag-f-next ag-answer" });
  const others = svg("path", { class: "ag-f-others" });
  const dots = svg("path", { class: "ag-f-dots ag-answer" });
  const pixels = svg("path", { class: "ag-f-pixels ag-answer" });
  const bar = svg("path", { class: "ag-f-bar ag-answer" });
  const second = svg("path", { class: "ag-f-next ag-answer" });
  const said = svg("text", { class: "ag-f-said ag-answer", "text-anchor": "middle" });
  const top = svg("circle", { r: 8, class: "ag-point ag-orange-fill" });
  const cover = svg("text", { x: 284, y: 190, "text-anchor": "middle", class: "ag-cover" }, "Predict, then reveal");
  const names = Array.from({ length: MOST + 1 }, (_, n) =>
    svg("text", { x: 4, class: "ag-f-name" }, n ? `layer ${n}` : "image"),
  );
  const node = svg("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, class: "ag-plot ag-field-plot", role: "img" });
  node.append(lines, others, neighbour, dots, pixels, second, bar, top, said, cover, ...names);
  const y = (level, highest) => BOX.height - BOX.bottom - (level / highest) * (BOX.height - BOX.bottom - BOX.top);
  return {
    node,
    draw(state, shown) {
      const { all, top: level, units, edges, field, jump } = shown;
      const highest = state.layers.length;
      // The image is as wide as the highest layer sees, and one jump more, whichever level is looked from.
      const last = all[highest].r - 1 + all[highest].j;
      const unit = Math.min(36, (BOX.width - BOX.left - BOX.right) / (last + 1));
      const start = BOX.left + (BOX.width - BOX.left - BOX.right - unit * (last + 1)) / 2;
      const shift = Math.floor((all[highest].r - field) / 2 / jump) * jump; // the middle of the picture
      const x = (pixel) => start + (pixel + 0.5) * unit;
      const at = (above, n) => x(all[above].middle + n * all[above].j);
      const round = (cx, cy, r) => `M${(cx - r).toFixed(1)} ${cy.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
      const square = (cx, cy, r) => `M${(cx - r).toFixed(1)} ${(cy - r).toFixed(1)}h${2 * r}v${2 * r}h${-2 * r}z`;
      const small = Math.max(1, Math.min(5, 0.36 * unit));
      const moved = (above, n) => n + shift / all[above].j;
      const every = [];
      for (let above = 0; above <= highest; above++) {
        const { j, middle } = all[above];
        const from = Math.ceil(-middle / j);
        for (let n = from; middle + n * j <= last; n++) {
          every.push((above ? round : square)(at(above, n), y(above, highest), above ? Math.min(4, small) : small));
        }
      }
      place(others, { d: state.revealed ? every.join("") : "" }); // as many pixels would give it away
      const ends = ([above, n, under]) =>
        `M${at(above, moved(above, n)).toFixed(1)} ${y(above, highest)}L${at(above - 1, moved(above - 1, under)).toFixed(1)} ${y(above - 1, highest)}`;
      place(lines, { d: edges.map(ends).join("") });
      const blue = [];
      for (let above = level - 1; above > 0; above--) {
        for (const n of units[above]) blue.push(round(at(above, moved(above, n)), y(above, highest), Math.max(2, small)));
      }
      place(dots, { d: blue.join("") });
      place(pixels, { d: units[0].map((n) => square(at(0, moved(0, n)), y(0, highest), small)).join("") });
      const [left, right] = [x(shift) - unit / 2, x(shift + field - 1) + unit / 2];
      const foot = BOX.height - 29;
      place(second, { d: level ? `M${left + jump * unit} ${foot}v6H${right + jump * unit}v-13` : "" });
      place(bar, { d: `M${left} ${foot - 7}v7H${right}v-7` });
      said.textContent = `r = ${field}`;
      place(said, { x: (left + right) / 2, y: foot + 22 });
      const cy = y(level, highest);
      const cx = state.revealed ? at(level, moved(level, 0)) : BOX.width / 2 + 24;
      place(top, { cx, cy });
      place(neighbour, { d: level ? `M${cx + 9} ${cy}H${at(level, moved(level, 1)) - 4}m-6 -4l6 4l-6 4` : "" });
      names.forEach((name, n) => {
        name.style.display = n > highest ? "none" : "";
        name.classList.toggle("ag-f-chosen", n === level);
        place(name, { y: y(n, highest) + 4 });
      });
      cover.style.display = state.revealed ? "none" : "";
      node.setAttribute("aria-label", `Stack of ${count(highest, "layer")} seen from layer ${level} down to the pixels`);
    },
    /** The level nearest to a pointer. */
    under(event, highest) {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(node.getScreenCTM().inverse());
      const high = BOX.height - BOX.bottom - BOX.top;
      return Math.max(0, Math.min(highest, Math.round(((BOX.height - BOX.bottom - at.y) / high) * highest)));
    },
  };
}

/** The table beside the figure: a row for each layer, the highest on top, with fields to change and r and j. */
function table(fr) {
  const head = ["layer", "k", "s", "d", "r", "j"].map((text, n) =>
    html("th", { scope: "col", ...(n > 3 ? { class: "ag-answer" } : {}) }, text),
  );
  const body = html("tbody");
  const node = html("table", { class: "ag-stack" }, html("thead", {}, html("tr", {}, ...head)), body);
  const rows = Array.from({ length: MOST + 1 }, (_, n) => row(n));
  body.append(...rows.map(({ node: line }) => line).reverse());

  function row(n) {
    const name = html("th", { scope: "row" });
    const fields = Object.entries(LIMITS).map(([entry, [min, max]]) => {
      const input = html("input", { type: "number", min, max, step: 1, "aria-label": `${entry} of layer ${n}` });
      input.addEventListener("input", () => {
        const value = Number(input.value);
        if (!Number.isInteger(value) || value < min || value > max) return; // half typed; put right when left
        fr.set({ layers: fr.get("layers").map((layer, at) => (at === n - 1 ? { ...layer, [entry]: value } : layer)) });
      });
      input.addEventListener("change", () => (input.value = fr.get("layers")[n - 1][entry]));
      input.disabled = fr.locked("layers");
      return [entry, input];
    });
    const cells = n ? fields.map(([, input]) => html("td", {}, input)) : [0, 1, 2].map(() => html("td"));
    const [r, j] = [0, 1].map(() => html("td", { class: "ag-answer" }));
    return { node: html("tr", {}, name, ...cells, r, j), name, fields, r, j };
  }

  return {
    node,
    draw({ layers }, { all, top }) {
      rows.forEach(({ node: line, name, fields, r, j }, n) => {
        line.hidden = n > layers.length;
        if (line.hidden) return;
        line.classList.toggle("ag-chosen", n === top);
        name.textContent = n ? `${n} ${layers[n - 1].kind}` : "image";
        for (const [entry, input] of n ? fields : []) {
          if (document.activeElement !== input || Number(input.value) !== layers[n - 1][entry]) {
            input.value = layers[n - 1][entry];
          }
          if (entry === "d") input.hidden = layers[n - 1].kind === "pool";
        }
        r.textContent = all[n].r;
        j.textContent = all[n].j;
      });
    },
  };
}

function render({ model, el }) {
  const fr = frame(model, el, { title: "How much of the image one number sees", traits: ["layers", "level"] });
  fr.controls.parentNode.classList.add("ag-conv");
  const read = () => ({ layers: fr.get("layers"), level: fr.get("level"), revealed: fr.get("revealed") });
  const drawn = drawing();
  const stack = table(fr);
  const steps = ["r + (k\u2032 \u2212 1)\u00b7j", "j\u00b7s"].map((rule, n) => {
    const [label, filled] = [html("span", { class: "ag-label" }), html("span")];
    const letters = html("span", { class: "ag-letters" }, `${"rj"[n]} \u2190 ${rule}`);
    return { label, filled, node: html("div", { class: "ag-formula" }, label, letters, "=", filled) };
  });
  const formulas = html("div", { class: "ag-formulas ag-answer" }, ...steps.map(({ node }) => node));
  fr.figure.append(drawn.node, html("div", { class: "ag-stacked" }, stack.node), formulas);

  let knob;
  fr.draw(() => {
    if (knob) knob.max = fr.get("layers").length;
  });
  const highest = () => fr.get("layers").length;
  const look = { label: "From layer", min: 0, max: highest(), step: 1, show: (n) => String(Math.min(n, highest())) };
  knob = slider(fr, "level", look).querySelector("input");
  if (!fr.locked("level")) {
    drawn.node.classList.add("ag-sweepable");
    drag(drawn.node, (event) => fr.set({ level: drawn.under(event, highest()) }));
  }
  const button = (text, change) => {
    const node = html("button", { type: "button", class: "ag-button" }, text);
    node.addEventListener("click", () => {
      const layers = change(fr.get("layers"));
      fr.set({ layers, level: layers.length });
    });
    return node;
  };
  const more = [
    button("Add convolution", (layers) => [...layers, { kind: "conv", k: 3, s: 1, d: 1 }]),
    button("Add pooling", (layers) => [...layers, { kind: "pool", k: 2, s: 2, d: 1 }]),
  ];
  const less = button("Remove the highest", (layers) => layers.slice(0, -1));
  fr.controls.append(html("div", { class: "ag-buttons" }, ...more, less));
  fr.draw(() => {
    const state = read();
    const shown = numbers(state);
    for (const node of more) node.disabled = state.layers.length >= MOST || fr.locked("layers");
    less.disabled = state.layers.length < 2 || fr.locked("layers");
    drawn.draw(state, shown);
    stack.draw(state, shown);
    step(state, shown).forEach((text, n) => {
      steps[n].label.textContent = n ? "then" : shown.top ? `layer ${shown.top}` : "image";
      steps[n].filled.textContent = text;
    });
    fr.say(sentences(state));
  });
  return () => fr.close();
}

export default { render };
