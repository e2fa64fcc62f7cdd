// The numbers and the words of static/gradient_check.js, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers, sci, sentences, shared, split, stepAt, stopOf } from "../../autograder/explore/static/gradient_check.js";

/** The curve of the cube at 2, as Python would send it. */
function cube(wrong = 1) {
  const curve = { at: 2, central: [], one_sided: [], above: [], below: [], value: 8, slope: 12 * wrong };
  for (let stop = 0; stop <= 30; stop += 1) {
    const h = stepAt(stop);
    const [above, below] = [(2 + h) ** 3, (2 - h) ** 3];
    curve.above.push(above);
    curve.below.push(below);
    curve.central.push(Math.abs((above - below) / (2 * h) - curve.slope) / curve.slope);
    curve.one_sided.push(Math.abs((above - 8) / h - curve.slope) / curve.slope);
  }
  return { ...curve, largest: 12, entries: 1, seconds: 0, problem: "" };
}
const scene = { h: 1e-5, at: 2, revealed: true, curve: cube() };

test("stops and steps are each other's inverse", () => {
  for (let stop = 0; stop <= 30; stop += 1) assert.equal(stopOf(stepAt(stop)), stop);
  assert.deepEqual([stepAt(0), stepAt(20), stepAt(30)], [1e-15, 1e-5, 1]);
  assert.deepEqual([1e-20, 5].map(stopOf), [0, 30]);
});

test("digits are counted by how near two numbers are, not by how they are spelt", () => {
  assert.equal(shared(100.02, 99.98), 3);
  assert.equal(shared(2.71830901, 2.71825464), 4);
  assert.equal(shared(0.5, 0.5), 16);
  assert.equal(shared(1, -1), 0);
  assert.equal(shared(1, 0), 0);
});

test("a number is split after its first digits that count", () => {
  assert.deepEqual(split(2.718281828, 4), ["2.718", "281828000000"]);
  assert.deepEqual(split(0.00123456, 2), ["0.0012", "34560000000000"]);
  assert.deepEqual(split(-100.5, 3), ["\u2212100", ".5000000000000"]);
  assert.deepEqual(split(1.5e-7, 2), ["1.5", "00000000000000e\u22127"]);
  for (const x of [Math.PI, 1e-300, 12345678.9, 0]) assert.deepEqual(split(x, 0)[0], "");
});

test("the difference loses the digits that the two values share", () => {
  const at = (h) => numbers({ ...scene, h });
  assert.ok(at(1e-5).right >= 10);
  assert.ok(at(1e-12).common >= 11 && at(1e-12).right <= 5);
  assert.ok(at(1e-5).common < at(1e-9).common);
  assert.ok(at(1e-5).central < at(1e-1).central && at(1e-5).central < at(1e-13).central);
});

test("the best step is in between", () => {
  const { best, least } = numbers(scene);
  assert.ok(best >= 1e-7 && best <= 1e-4 && least < 1e-10);
});

test("a wrong gradient stays far off, and is told so", () => {
  const words = sentences({ ...scene, curve: cube(2) }).join(" ");
  assert.match(words, /No step brings the error below 1e\u22126/);
  assert.doesNotMatch(sentences(scene).join(" "), /No step/);
});

test("what is not finite is a gap", () => {
  const curve = cube();
  for (const name of ["central", "one_sided", "above"]) curve[name][20] = null;
  const { measured, common, best } = numbers({ ...scene, curve });
  assert.deepEqual([measured, common], [null, null]);
  assert.notEqual(best, 1e-5);
  assert.match(sentences({ ...scene, curve })[0], /off by nan, the one-sided one by nan/);
});

test("what went wrong is all that is said", () => {
  const curve = { central: [], one_sided: [], above: [], below: [], slope: null, problem: "Write f first." };
  assert.deepEqual(sentences({ ...scene, curve }), ["Write f first."]);
});

test("numbers are short", () => {
  assert.deepEqual([0, 0.45, 1, 3.16e-6, 1e-5, 250, null].map(sci), ["0", "0.45", "1", "3.2e\u22126", "1e\u22125", "2.5e2", "nan"]);
});

test("the words do not give the errors away before they are revealed", () => {
  assert.deepEqual(sentences({ ...scene, revealed: false }), [
    "x = 2, h = 1e\u22125. The errors are hidden until you predict.",
  ]);
});
