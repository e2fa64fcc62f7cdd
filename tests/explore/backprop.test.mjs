// The maths and the words of static/backprop_net.js, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMULAS } from "../../autograder/explore/static/backprop_formulas.js";
import { brief } from "../../autograder/explore/static/backprop_graph.js";
import { PARAMETERS, STEPS, arrays, at, entries, entryName, foundAt, indices, lastSeen, nameOf, sentences, worked } from "../../autograder/explore/static/backprop_net.js";

const column = {
  form: "column",
  x: [1, 2, -1],
  y: 2,
  W1: [[1, 0, 2], [2, 1, 3]],
  b1: [Math.PI / 6 + 1, (5 * Math.PI) / 6 - 1],
  W2: [[1, -1], [2, 0], [0, 2], [-1, 3]],
  b2: [0, -1, Math.log(2) - 1, -1],
};
const batch = {
  form: "batch",
  x: [[0, -2], [1, 2], [2, 1], [-1, 2]],
  y: [1, 0, 1, 0],
  W1: [[1, 1, 1], [1, 0, -1]],
  b1: [0, 2, 0],
  W2: [[0, 1], [1, 0], [-1, 0]],
  b2: [0, Math.log(3)],
};
const near = (got, want, tolerance = 1e-9) => assert.ok(Math.abs(got - want) <= tolerance, `expected ${want}, got ${got}`);

test("every gradient is a slope of the loss", () => {
  for (const net of [column, batch]) {
    const all = arrays(net);
    for (const key of PARAMETERS) {
      for (const index of indices(net[key])) {
        const loss = (h) => {
          const moved = structuredClone(net);
          at([moved[key]], [0, ...index.slice(0, -1)])[index.at(-1)] += h;
          return arrays(moved).L;
        };
        near(at(all[`\u2202${key}`], index), (loss(1e-5) - loss(-1e-5)) / 2e-5, 1e-8);
      }
    }
  }
});

test("each entry is worked out from entries that are known by then", () => {
  for (const net of [column, batch]) {
    const all = arrays(net);
    STEPS.forEach((_, i) => {
      for (const entry of entries(all, i + 1)) {
        const { text, uses } = worked(net, all, entry);
        assert.ok(uses.length > 0, entryName(net.form, entry));
        // o_s and L are found in one step, the share first.
        for (const { key } of uses) assert.ok(foundAt(key) < i + 1 || entry.key === "L", `${text} uses ${key}`);
      }
    });
  }
});

test("names are those of the lesson", () => {
  const names = (form) => STEPS.flat().map((key) => nameOf(form, key)).join(" ");
  assert.equal(names("column"), "h_a h_s o_a o_s L d_oa dW2 db2 d_hs d_ha dW1 db1 dx");
  assert.equal(names("batch"), "Z H S P L dS dW2 db2 dH dZ dW1 db1 dX");
});

test("scores of any size have a finite loss", () => {
  const far = { ...column, W2: [[20, 20], [-20, -20], [20, -20], [20, 20]], b2: [20, -20, -20, 20] };
  assert.ok(Number.isFinite(arrays({ ...far, y: 1 }).L));
});

test("with a question nothing from the scene's step on is seen", () => {
  const scene = { ...column, step: 7 };
  assert.equal(lastSeen({ step: 7, revealed: false, scene }), 6);
  assert.equal(lastSeen({ step: 10, revealed: false, scene }), 6);
  assert.equal(lastSeen({ step: 3, revealed: false, scene }), 3);
  assert.equal(lastSeen({ step: 10, revealed: true, scene }), 10);
  const words = sentences({ ...column, step: 7, entry: 0, revealed: false, scene });
  assert.deepEqual(words, ["Backward 3 of 6: d_hs. Hidden until you predict it."]);
});

test("each result of a step has a formula of its own", () => {
  for (const formulas of Object.values(FORMULAS)) {
    assert.equal(formulas.length, STEPS.length);
    formulas.forEach(([, scalars], i) => assert.equal(scalars.split(" ; ").length, STEPS[i].length));
  }
});

test("a number fits its cell", () => {
  assert.deepEqual([0.12345, -12.345, 1234.5, -0.00001].map(brief), ["0.123", "\u221212.35", "1235", "0"]);
});
