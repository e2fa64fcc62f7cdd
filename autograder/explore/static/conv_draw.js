// The drawing of conv_shapes: an image and its output side by side, or one row with the kernel at every place.
// A layer of squares is one path, so that a frame sets a handful of attributes, however many pixels there are.
import { place, svg, unique } from "./kit.js";

const WIDE = { width: 760, height: 330 };
const NARROW = { width: 360, height: 520 };

/** A path of squares: `cells` are [x, y] in units of `size` from the corner. */
function squares(cells, [left, top], size, inset = size > 9 ? 1 : 0.4) {
  const side = (size - 2 * inset).toFixed(2);
  const at = (x, y) => `M${(left + x * size + inset).toFixed(2)} ${(top + y * size + inset).toFixed(2)}`;
  return cells.map(([x, y]) => `${at(x, y)}h${side}v${side}h-${side}z`).join("");
}

/** The lines between the pixels of an image: cheaper than a square for each of a thousand. */
function between(wide, high, [left, top], size) {
  const down = Array.from({ length: wide + 1 }, (_, n) => `M${left + n * size} ${top}v${high * size}`);
  const across = Array.from({ length: high + 1 }, (_, n) => `M${left} ${top + n * size}h${wide * size}`);
  return [...down, ...across].join("");
}

function rectangle([left, top], wide, high) {
  return `M${left.toFixed(2)} ${top.toFixed(2)}h${wide.toFixed(2)}v${high.toFixed(2)}h${(-wide).toFixed(2)}z`;
}

/** The zeros of the padding as small rings: a path, where text would be hundreds of elements. */
function zeros(cells, [left, top], size) {
  const [a, b] = [0.13 * size, 0.2 * size];
  const ring = (x, y) => `M${x.toFixed(2)} ${(y - b).toFixed(2)}a${a} ${b} 0 1 0 .01 0`;
  return cells.map(([x, y]) => ring(left + (x + 0.5) * size, top + (y + 0.5) * size)).join("");
}

function crosses(cells, [left, top], size) {
  const arm = 0.2 * size;
  const cross = (x, y) => `M${x - arm} ${y - arm}l${2 * arm} ${2 * arm}m0 ${-2 * arm}l${-2 * arm} ${2 * arm}`;
  return cells.map(([x, y]) => cross(left + (x + 0.5) * size, top + (y + 0.5) * size)).join("");
}

function grid(columns, rows) {
  return Array.from({ length: columns * rows }, (_, n) => [n % columns, Math.floor(n / columns)]);
}

/** Sheets behind the front one, for channels: each a little up and to the right, and only its visible edges. */
function sheets(n, [left, top], wide, high) {
  const shift = depth(n) / Math.max(1, n - 1);
  const edge = (by) =>
    `M${left + by} ${top - by + shift}v${-shift}h${wide}v${high}h${-shift}`;
  return Array.from({ length: n - 1 }, (_, at) => edge((at + 1) * shift)).join("");
}

const depth = (n) => (n > 1 ? Math.min(6 * (n - 1), 30) : 0);

/** The figure's node, `draw`, `fit` (to a width; true if that changed the layout) and `under` (place at a pointer). */
export function drawing(isRow) {
  const hatch = unique("hatch");
  const layer = (kind, answer = "") => svg("path", { class: `ag-c-${kind}${answer && " ag-answer"}` });
  const parts = {
    backs: layer("sheet"),
    pads: layer("pad"),
    image: layer("image"),
    between: layer("between"),
    zero: layer("zero"),
    unused: layer("unused", "a"),
    other: layer("other", "a"),
    beyond: layer("beyond", "a"),
    cross: layer("cross", "a"),
    rays: layer("rays", "a"),
    through: layer("through"),
    kernel: layer("kernel"),
    taps: layer("taps"),
    outBacks: layer("sheet", "a"),
    out: layer("out", "a"),
    done: layer("done", "a"),
    now: layer("now", "a"),
  };
  parts.unused.style.fill = `url(#${hatch})`;
  const titles = [0, 1].map((n) => svg("text", { class: n ? "ag-title ag-answer" : "ag-title" }));
  const note = svg("text", { class: "ag-note ag-answer", "text-anchor": "end" });
  const cover = svg("text", { class: "ag-cover", "text-anchor": "middle" }, "Predict, then reveal");
  const pattern = svg(
    "pattern",
    { id: hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { width: 6, height: 6, class: "ag-c-hatched" }),
    svg("line", { x1: 1, x2: 1, y2: 6, class: "ag-c-hatch" }),
  );
  const node = svg("svg", { class: "ag-plot ag-conv-plot", role: "img" }, svg("defs", {}, pattern));
  node.append(...Object.values(parts), ...titles, note, cover);
  const show = isRow ? oneRow(parts) : wholeLayer(parts);
  let size = null;
  let at;

  function fit(width) {
    const wanted = isRow ? { width: width < 520 ? 400 : 760, height: 300 } : width < 520 ? NARROW : WIDE;
    if (size && wanted.width === size.width) return false;
    size = wanted;
    return true;
  }

  fit(800);
  return {
    node,
    fit,
    draw(state, shown) {
      at = show.draw(state, shown, size);
      titles.forEach((title, n) => {
        place(title, { x: at.titles[n].x, y: at.titles[n].y });
        title.textContent = at.titles[n].text;
      });
      note.textContent = at.note?.text ?? "";
      if (at.note) place(note, { x: at.note.x, y: at.note.y });
      place(node, { viewBox: `0 0 ${size.width} ${at.height}` });
      cover.style.display = state.revealed ? "none" : "";
      place(cover, at.cover);
      node.setAttribute("aria-label", at.label);
    },
    under(event, state, shown) {
      const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(node.getScreenCTM().inverse());
      return show.under(x, y, at, state, shown);
    },
  };
}

const clamp = (x, last) => Math.max(0, Math.min(last, x));

/** Remember what a path was drawn from, and leave it alone while that stays the same. */
function lasting() {
  let drawn = "";
  return (key, draw) => {
    if (key === drawn) return;
    drawn = key;
    draw();
  };
}

/** A layer: image on the left, output on the right (below it where there is no room), rays from window to number. */
function wholeLayer(parts) {
  const once = lasting();
  return {
    draw(state, shown, size) {
      const { channels, height, width, n_kernels: n, k, s, p, d, revealed } = state;
      const { rows, columns, row, column, output } = shown;
      const narrow = size.width < 500;
      const [wide, high] = narrow ? [340, 225] : [350, 285];
      const hang = Math.max(rows.padded, rows.o ? 0 : rows.span);
      const across = Math.max(columns.padded, columns.o ? 0 : columns.span);
      const [back, outBack] = [depth(channels), depth(n)];
      const deep = Math.max(back, outBack);
      const cell = Math.min(26, (wide - deep) / across, (high - deep) / hang);
      const from = [4, 30 + deep];
      const beside = [Math.max(340, from[0] + across * cell + back + 70), from[1]];
      beside[1] += (Math.max(0, rows.padded - rows.o) / 2) * cell;
      const to = narrow ? [4, from[1] + hang * cell + deep + 38] : beside;
      const fits = shown.places > 0;
      once(JSON.stringify([state.channels, height, width, n, k, s, p, d, size.width]), () => {
        const all = grid(columns.padded, rows.padded);
        const zero = ([x, y]) => x < p || y < p || x >= p + width || y >= p + height;
        const isUnused = [new Set(columns.unused), new Set(rows.unused)];
        place(parts.backs, { d: sheets(channels, from, columns.padded * cell, rows.padded * cell) });
        place(parts.pads, { d: squares(all.filter(zero), from, cell) });
        const first = [from[0] + p * cell, from[1] + p * cell];
        place(parts.image, { d: rectangle(first, width * cell, height * cell) });
        place(parts.between, { d: between(width, height, first, cell), "stroke-width": cell > 9 ? 2 : 0.8 });
        place(parts.zero, { d: cell > 9 ? zeros(all.filter(zero), from, cell) : "" });
        const lost = all.filter(([x, y]) => isUnused[0].has(x) || isUnused[1].has(y));
        place(parts.unused, { d: squares(lost, from, cell) });
        place(parts.outBacks, { d: fits ? sheets(n, to, columns.o * cell, rows.o * cell) : "" });
        place(parts.out, { d: fits ? squares(grid(columns.o, rows.o), to, cell) : "" });
      });
      const [y, x] = revealed ? [row * s, column * s] : [0, 0];
      const taps = grid(k, k).map(([u, v]) => [x + u * d, y + v * d]);
      const outside = taps.filter(([u, v]) => u >= columns.padded || v >= rows.padded);
      place(parts.taps, { d: squares(taps.filter((tap) => !outside.includes(tap)), from, cell) });
      place(parts.beyond, { d: squares(outside, from, cell) });
      place(parts.cross, { d: crosses(outside, from, cell) });
      const corner = [from[0] + x * cell, from[1] + y * cell];
      const reach = columns.span * cell;
      place(parts.kernel, { d: rectangle(corner, reach, reach) });
      const prism = `M${corner[0]} ${corner[1]}l${back} ${-back}h${reach}v${reach}l${-back} ${back}v${-reach}z`;
      place(parts.through, { d: back ? prism : "" });
      const number = [to[0] + column * cell, to[1] + row * cell];
      place(parts.now, { d: fits ? rectangle(number, cell, cell) : "" });
      place(parts.done, { d: fits ? squares(grid(columns.o, rows.o).slice(0, shown.place), to, cell) : "" });
      const ends = narrow ? [[0, 1], [1, 1]] : [[1, 0], [1, 1]];
      const far = narrow ? [[0, 0], [1, 0]] : [[0, 0], [0, 1]];
      const ray = ([a, b], [e, f]) =>
        `M${corner[0] + a * reach} ${corner[1] + b * reach}L${number[0] + e * cell} ${number[1] + f * cell}`;
      place(parts.rays, { d: fits ? ends.map((end, at) => ray(end, far[at])).join("") : "" });
      const padded = p ? `, padded ${rows.padded} \u00d7 ${columns.padded}` : "";
      return {
        from,
        to,
        cell,
        titles: [
          { x: 4, y: 18, text: `input (${channels}, ${height}, ${width})${padded}` },
          { x: to[0], y: to[1] - deep - 14, text: fits ? `output (${output.join(", ")})` : "no output" },
        ],
        cover: narrow ? { x: 170, y: to[1] + 60 } : { x: 560, y: 170 },
        height: narrow ? Math.ceil((to[1] + rows.o * cell + 4) / 40) * 40 : size.height,
        label: `Image of ${height} by ${width} pixels under a kernel of ${k} by ${k}`,
      };
    },
    under(px, py, { from, to, cell }, { s }, { rows, columns }) {
      const inside = ([left, top], { o }, { o: high }) =>
        px >= left && py >= top && px < left + o * cell && py < top + high * cell;
      const start = (pixel, low, axis) => clamp(Math.round(((pixel - low) / cell - axis.span / 2) / s), axis.o - 1);
      if (inside(to, columns, rows)) {
        return Math.floor((py - to[1]) / cell) * columns.o + Math.floor((px - to[0]) / cell);
      }
      if (!inside(from, { o: columns.padded }, { o: rows.padded })) return -1;
      return start(py, from[1], rows) * columns.o + start(px, from[0], columns);
    },
  };
}

/** One row: the kernel at every place, one below the other, each with its number; last the step that is too far. */
function oneRow(parts) {
  const once = lasting();
  return {
    draw(state, shown, size) {
      const { width, k, s, p, d, revealed } = state;
      const { columns, place: now } = shown;
      const { o, padded, span, unused } = columns;
      const fits = o > 0;
      // As large as it can be with stride 1, and then the same for every stride: strides are to be compared.
      const across = Math.max(padded, span) + Math.max(2, s) + 1;
      const cell = Math.min(40, (size.width - 12) / across, (size.height - 64) / (Math.max(1, padded - span + 1) + 2.2));
      const from = [Math.max(6, (size.width - across * cell) / 2 - 10), 32];
      const list = [from[0], from[1] + 1.3 * cell];
      const out = [from[0] + (across - 1) * cell, list[1]];
      const taps = (n) => Array.from({ length: k }, (_, tap) => [n * s + tap * d, n]);
      once(JSON.stringify([width, k, s, p, d, size.width]), () => {
        const all = grid(padded, 1);
        const zero = ([x]) => x < p || x >= p + width;
        place(parts.pads, { d: squares(all.filter(zero), from, cell) });
        place(parts.image, { d: squares(all.filter((at) => !zero(at)), from, cell) });
        place(parts.zero, { d: cell > 9 ? zeros(all.filter(zero), from, cell) : "" });
        place(parts.unused, { d: squares(unused.map((x) => [x, 0]), from, cell) });
        place(parts.other, { d: squares(grid(1, o).flatMap(([, n]) => taps(n)), list, cell) });
        const next = taps(o);
        place(parts.beyond, { d: squares(next, list, cell) });
        place(parts.cross, { d: crosses(next.filter(([x]) => x >= padded), list, cell) });
        place(parts.out, { d: squares(grid(1, o), out, cell) });
      });
      const place_ = revealed && fits ? now : 0;
      const mine = taps(place_);
      place(parts.taps, { d: fits || !revealed ? squares(mine, list, cell) : "" });
      const left = from[0] + place_ * s * cell;
      const middle = list[1] + (place_ + 0.5) * cell;
      const strip = rectangle([left, from[1]], span * cell, cell);
      place(parts.kernel, { d: fits || !revealed ? strip : "" });
      place(parts.rays, { d: fits ? `M${left + span * cell} ${middle}H${out[0]}` : "" });
      place(parts.now, { d: fits ? rectangle([out[0], out[1] + place_ * cell], cell, cell) : "" });
      place(parts.done, { d: fits ? squares(grid(1, place_), out, cell) : "" });
      const hanging = `${fits ? "one step more" : "the kernel"} hangs over the edge`;
      return {
        from,
        list,
        out,
        cell,
        titles: [
          { x: from[0], y: 20, text: `i = ${width}${p ? `, padded ${padded}` : ""}` },
          { x: out[0] - 4, y: from[1] + 0.7 * cell, text: fits ? `o = ${o}` : "no place" },
        ],
        note: { x: from[0] + (o * s + span) * cell, y: list[1] + (o + 1) * cell + 16, text: hanging },
        cover: { x: size.width / 2, y: 190 },
        height: size.height,
        label: `Row of ${width} pixels and the kernel of ${k} at each of its places`,
      };
    },
    under(px, py, { from, list, cell }, { s }, { columns: { o, span } }) {
      if (py >= list[1]) return clamp(Math.floor((py - list[1]) / cell), o - 1);
      return clamp(Math.round(((px - from[0]) / cell - span / 2) / s), o - 1);
    },
  };
}
