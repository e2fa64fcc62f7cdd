// The maths and the words of static/softmax_jacobian.js, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as it from "../../autograder/explore/static/softmax_jacobian.js";

const scene = { logits: [0, 0.5, -1, 2], upstream: [1, -0.5, 3, 0.25], n: 1000, revealed: true };
const near = (got, want, tolerance = 1e-12) =>
  assert.ok(Math.abs(got - want) <= tolerance, `expected ${want}, got ${got}`);

test("each entry is the slope of its probability", () => {
  const { s, jacobian } = it.numbers(scene);
  scene.logits.forEach((x, j) => {
    const logits = scene.logits.with(j, x + 1e-6);
    it.numbers({ ...scene, logits }).s.forEach((moved, i) => near((moved - s[i]) / 1e-6, jacobian[i][j], 1e-6));
  });
});

test("rows and columns add up to 0, and the table is symmetric", () => {
  for (const logits of [[0, 0], scene.logits, [20, -20, 3]]) {
    const { jacobian, rows } = it.numbers({ ...scene, logits, upstream: [] });
    rows.forEach((sum) => near(sum, 0));
    jacobian.forEach((row, i) => row.forEach((value, j) => assert.equal(value, jacobian[j][i])));
  }
});

test("one pass gives what the table gives", () => {
  const { product, onePass } = it.numbers(scene);
  product.forEach((value, i) => near(value, onePass[i]));
  it.numbers({ ...scene, upstream: [1, 1, 1, 1] }).onePass.forEach((value) => near(value, 0));
});

test("operations counted one by one are those of the formula", () => {
  for (const n of [2, 3, 7]) {
    let table = 0;
    let pass = 0;
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1) table += 3; // a product and a difference for the entry, a product with dy
      table += n - 1;
      pass += 3; // s dy, dy - average, times s
    }
    pass += n - 1;
    assert.deepEqual(it.cost(n), { table, pass });
    assert.equal(it.cost(n).table, n * it.cost(n).pass);
  }
});

test("amounts in words", () => {
  assert.deepEqual([800, 3999000, 14].map(it.whole), ["800", "3,999,000", "14"]);
  assert.deepEqual([2, 1000, 1e6, 1e12].map(it.memory), ["16 B", "8 kB", "8 MB", "8 TB"]);
  it.STOPS.forEach((n, stop) => assert.equal(it.stopOf(n), stop));
  assert.deepEqual([it.STOPS[0], it.STOPS.at(-1)], [2, 1e6]);
});

test("without an upstream vector nothing is said of one", () => {
  assert.equal(it.sentences({ ...scene, upstream: [] }).length, 2);
});

test("the words do not give the table away before it is revealed", () => {
  assert.doesNotMatch(it.sentences({ ...scene, revealed: false }).join(" "), /diagonal|dx/);
});
