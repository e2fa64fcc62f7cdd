// The maths and the words of static/receptive_field.js, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { levels, numbers, sentences, step, tree } from "../../autograder/explore/static/receptive_field.js";

const conv = { kind: "conv", k: 3, s: 1, d: 1 };
const pool = { kind: "pool", k: 2, s: 2, d: 1 };

test("the field is as wide as the tree that is drawn", () => {
  for (const layers of [[conv], [conv, conv], [conv, pool, conv], [{ ...conv, d: 2 }, { ...conv, s: 3 }, pool]]) {
    const { units } = tree(layers, layers.length);
    const all = levels(layers);
    assert.equal(units[0].at(-1) - units[0][0] + 1, all.at(-1).r);
  }
});

test("the order matters: a stride spreads the layers above it, not itself", () => {
  assert.deepEqual(levels([conv, pool, conv]).map(({ r, j }) => [r, j]), [[1, 1], [3, 1], [4, 2], [8, 2]]);
  assert.deepEqual(levels([pool, conv, conv]).map(({ r }) => r), [1, 2, 6, 10]);
});

test("dilations 1, 2, 4 miss nothing, dilations 2, 2, 2 every second pixel", () => {
  const dilated = (...gaps) => numbers({ layers: gaps.map((d) => ({ ...conv, d })), level: 3 });
  assert.deepEqual([dilated(1, 2, 4).field, dilated(1, 2, 4).skipped], [15, 0]);
  assert.deepEqual([dilated(2, 2, 2).field, dilated(2, 2, 2).skipped], [13, 6]);
});

test("one step is written with its numbers", () => {
  const state = { layers: [conv, pool, { ...conv, d: 2 }], level: 3, revealed: true };
  assert.deepEqual(step(state, numbers(state)), ["4 + (5 \u2212 1)\u00b72 = 12", "2\u00b71 = 2"]);
  assert.match(step({ ...state, level: 0 }, numbers({ ...state, level: 0 }))[0], /sees itself/);
});

test("the words do not give the field away before it is revealed", () => {
  const words = sentences({ layers: [conv, pool, conv], level: 3, revealed: false }).join(" ");
  assert.doesNotMatch(words, /8/);
});
