// The maths and the words of static/relu_gradients.js and static/network.js, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BATCH, BENDS, UNITS, deadUnits, draw, normals, power, run } from "../../autograder/explore/static/network.js";
import { histogram, spread } from "../../autograder/explore/static/network_draw.js";
import { allNorms, numbers, sentences } from "../../autograder/explore/static/relu_gradients.js";

const scene = { function: "relu", weight: 1, bias: 0, layer: 1, depth: 10, seed: 0, revealed: true };

test("what is drawn is as good as normal, and another seed draws other numbers", () => {
  const drawn = normals(1, 20000);
  const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
  const variance = drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / drawn.length;
  assert.ok(Math.abs(mean) < 0.02 && Math.abs(variance - 1) < 0.03, `${mean} ${variance}`);
  assert.notEqual(normals(2, 1)[0], drawn[0]);
});

test("each slope is the derivative of its function, and nothing overflows", () => {
  const fill = (name, z) => {
    const [h, s] = [new Float64Array(1), new Float64Array(1)];
    BENDS[name].fill([z], h, s);
    return { h: h[0], s: s[0] };
  };
  for (const name of Object.keys(BENDS)) {
    for (const z of [-5.5, -1.3, -0.2, 0.4, 2, 5.9]) {
      const measured = (fill(name, z + 1e-5).h - fill(name, z - 1e-5).h) / 2e-5;
      assert.ok(Math.abs(measured - fill(name, z).s) < 1e-9, `${name} at ${z}`);
    }
    for (const z of [-1000, 1000]) assert.ok(Number.isFinite(fill(name, z).h + fill(name, z).s), `${name}(${z})`);
  }
});

test("with no bias the scale of the weights does not touch the mask; with both doubled neither", () => {
  const mask = (state) => numbers({ ...scene, ...state }).slopes.join("");
  assert.equal(mask({ weight: 3 }), mask({ weight: 0.5 }));
  assert.equal(mask({ weight: 2, bias: -2 }), mask({ weight: 1, bias: -1 }));
  assert.notEqual(mask({ bias: -1 }), mask({}));
});

test("a dead unit is off for the whole batch, and one example that is on brings it back", () => {
  const slopes = new Float64Array(BATCH * UNITS).fill(1);
  for (let i = 3; i < slopes.length; i += UNITS) slopes[i] = 0;
  assert.deepEqual(deadUnits(slopes), [3]);
  slopes[7 * UNITS + 3] = 0.01;
  assert.deepEqual(deadUnits(slopes), []);
});

test("the chosen function is one of the five that are compared", () => {
  const all = allNorms({ ...scene, function: "tanh", weight: 2 });
  assert.deepEqual(Object.keys(all), Object.keys(BENDS));
  assert.deepEqual(all.tanh, numbers({ ...scene, function: "tanh", weight: 2 }).norms);
  assert.ok(all.sigmoid[0] < all.tanh[0] && all.tanh[0] < all.relu[0]);
});

test("where a whole layer is dead the gradient ends there", () => {
  const { layers, norms } = run("relu", { weight: 1, bias: -2, depth: 10 }, draw(0));
  assert.equal(deadUnits(layers[9].slopes).length, UNITS);
  assert.equal(norms[10], 1);
  assert.equal(norms[0], 0);
});

test("near sqrt(2) ReLU keeps the norm, at 1 it halves its square in every layer", () => {
  const end = (weight) => numbers({ ...scene, weight }).norms[0];
  assert.ok(end(Math.SQRT2) > 0.2 && end(Math.SQRT2) < 5);
  assert.ok(Math.abs(end(1) / end(Math.SQRT2) - 2 ** -5) < 1e-9);
});

test("the histogram counts every place once", () => {
  const z = [-7, -6, -0.1, 0, 0.2, 5.99, 6, 100];
  const { counts, passing, below, above } = histogram(z, z.map((x) => (x > 0 ? 1 : 0)));
  assert.deepEqual([counts[0], counts[11], counts[12], counts[23], below, above], [1, 1, 2, 1, 1, 2]);
  assert.deepEqual([passing[0], passing[11], passing[12], passing[23]], [0, 0, 1, 1]);
});

test("labels that would lie over each other move apart and stay inside", () => {
  const labels = [50, 50, 52, 200, 199].map((y) => ({ y }));
  spread(labels, 14, 38, 210);
  const ys = labels.map(({ y }) => y).sort((a, b) => a - b);
  ys.slice(1).forEach((y, i) => assert.ok(y - ys[i] >= 14));
  assert.ok(ys[0] >= 38 && ys[4] <= 210);
});

test("numbers of any size are short", () => {
  assert.deepEqual([0, 0.25, 192.34, 3.2e-5, 1700].map(power), ["0", "0.25", "192.34", "3.2e\u22125", "1.7e3"]);
});

test("the words do not give slopes or norms away before they are revealed", () => {
  const words = sentences({ ...scene, bias: -2, revealed: false }).join(" ");
  assert.equal(words, "ReLU, layer 1 of 10, w = 1, b = \u22122. The slopes are hidden until you predict.");
});
