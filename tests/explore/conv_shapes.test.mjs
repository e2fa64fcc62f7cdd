// The maths and the words of static/conv_shapes.js, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { along, filled, numbers, sentences } from "../../autograder/explore/static/conv_shapes.js";

const one = { k: 3, s: 1, p: 0, d: 1 };
const scene = {
  ...one,
  view: "layer",
  hide: [],
  channels: 3,
  height: 8,
  width: 11,
  n_kernels: 4,
  bias: false,
  place: 0,
  revealed: true,
};

test("places are counted by laying the kernel down, and agree with the floor", () => {
  for (let i = 1; i <= 12; i++) {
    for (const k of [1, 2, 3, 5]) {
      for (const s of [1, 2, 3]) {
        for (const p of [0, 1, 2]) {
          for (const d of [1, 2, 3]) {
            let places = 0;
            for (let start = 0; start + (k - 1) * d < i + 2 * p; start += s) places++;
            assert.equal(along(i, { k, s, p, d }).o, places, JSON.stringify({ i, k, s, p, d }));
          }
        }
      }
    }
  }
});

test("what no weight touches: the border, and gaps that stride or dilation leaves", () => {
  assert.deepEqual(along(8, { ...one, s: 2 }).unused, [7]);
  assert.deepEqual(along(8, { ...one, k: 1, s: 3 }).unused, [1, 2, 4, 5, 7]);
  const gaps = along(9, { ...one, s: 2, d: 2 });
  assert.deepEqual([gaps.unused, gaps.left, gaps.skipped], [[1, 3, 5, 7], 0, 4]);
});

test("a kernel that does not fit has no place, whatever the formula gives", () => {
  const axis = along(4, { ...one, k: 5, s: 2 });
  assert.deepEqual([axis.o, axis.room, axis.unused], [0, -1, []]);
  assert.equal(Math.floor(axis.room / 2) + 1, 0);
});

test("a place past the end is the last one", () => {
  const { place, row, column, places } = numbers({ ...scene, s: 2, place: 99 });
  assert.deepEqual([place, row, column, places], [14, 2, 4, 15]);
});

test("each kernel is as deep as the image", () => {
  assert.equal(numbers(scene).parameters, 108);
  assert.equal(numbers({ ...scene, bias: true }).parameters, 112);
});

test("letters that a lesson has not come to are left out while they do nothing", () => {
  const hide = ["p", "d"];
  const axis = along(8, one);
  assert.equal(filled(axis, { ...scene, hide }).above, "8 \u2212 3");
  assert.equal(filled(along(8, { ...one, p: 1 }), { ...scene, hide, p: 1 }).above, "8 + 2\u00b71 \u2212 3");
  assert.match(sentences({ ...scene, hide })[0], /k = 3, s = 1\.$/);
});

test("the words do not say what comes out before it is revealed", () => {
  const words = sentences({ ...scene, revealed: false }).join(" ");
  assert.doesNotMatch(words, /Output|Place|Parameters/);
});
