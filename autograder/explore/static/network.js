// A deep network of random weights and one activation: forward with a batch, then a gradient back through it.
// Plain numbers, no page. _network.py does the same in NumPy, with the same weights to the last bit.

export const BATCH = 32;
export const UNITS = 20;
export const DEPTHS = { min: 1, max: 12 };
const SIZE_OF_BATCH = BATCH * UNITS;
const SIZE_OF_WEIGHTS = UNITS * UNITS;

// Each fills in the values h and the slopes s at z, in a loop of its own: a call for every number would cost more.
const rectify = (leak) => (z, h, s) => {
  for (let i = 0; i < z.length; i += 1) {
    s[i] = z[i] > 0 ? 1 : leak;
    h[i] = z[i] * s[i];
  }
};

function tanh(z, h, s) {
  for (let i = 0; i < z.length; i += 1) {
    const e = Math.exp(-2 * Math.abs(z[i])); // at most 1: no overflow on either side
    h[i] = (Math.sign(z[i]) * (1 - e)) / (1 + e);
    s[i] = (4 * e) / (1 + e) ** 2;
  }
}

function sigmoid(z, h, s) {
  for (let i = 0; i < z.length; i += 1) {
    const e = Math.exp(-Math.abs(z[i]));
    h[i] = (z[i] >= 0 ? 1 : e) / (1 + e);
    s[i] = e / (1 + e) ** 2;
  }
}

function sine(z, h, s) {
  for (let i = 0; i < z.length; i += 1) {
    h[i] = Math.sin(z[i]);
    s[i] = Math.cos(z[i]);
  }
}

/** The activations. Only ReLU's slopes can be exactly 0. */
export const BENDS = {
  relu: { label: "ReLU", fill: rectify(0) },
  leaky: { label: "Leaky ReLU", fill: rectify(0.01) },
  tanh: { label: "Tanh", fill: tanh },
  sigmoid: { label: "Sigmoid", fill: sigmoid },
  sin: { label: "Sin", fill: sine },
};

function uniform(counter) {
  let a = Math.imul(counter, 0x6d2b79f5);
  a = Math.imul(a ^ (a >>> 15), a | 1);
  a ^= a + Math.imul(a ^ (a >>> 7), a | 61);
  return ((a ^ (a >>> 14)) >>> 0) / 4294967296;
}

/** Nearly normal numbers: twelve uniform ones added up, less 6. Sums of binary fractions: exact in every language. */
export function normals(seed, count) {
  const drawn = new Float64Array(count);
  let counter = seed * 1e6;
  for (let i = 0; i < count; i += 1) {
    let sum = -6;
    for (let k = 0; k < 12; k += 1) sum += uniform((counter += 1));
    drawn[i] = sum;
  }
  return drawn;
}

/** The batch, the gradient that arrives at the last layer (its norm is 1), and weights for every layer. */
export function draw(seed) {
  const all = normals(seed, 2 * SIZE_OF_BATCH + DEPTHS.max * SIZE_OF_WEIGHTS);
  const top = all.slice(SIZE_OF_BATCH, 2 * SIZE_OF_BATCH);
  const length = norm(top);
  const weights = Array.from({ length: DEPTHS.max }, (_, layer) => {
    const start = 2 * SIZE_OF_BATCH + layer * SIZE_OF_WEIGHTS;
    return all.slice(start, start + SIZE_OF_WEIGHTS);
  });
  const backwards = weights.map(transposed);
  return { batch: all.slice(0, SIZE_OF_BATCH), top: top.map((g) => g / length), weights, backwards };
}

function norm(values) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * Forward and back. The weights of a layer are what was drawn, times `weight` / sqrt(UNITS); `bias` is added to all.
 * Returns each layer's pre-activations and slopes, and the gradient's norm at the input (0) and after each layer.
 */
export function run(name, { weight, bias, depth }, { batch, top, weights, backwards }) {
  const { fill } = BENDS[name];
  const factor = weight / Math.sqrt(UNITS);
  const layers = [];
  let h = batch;
  for (let l = 0; l < depth; l += 1) {
    const z = times(h, weights[l]);
    const slopes = new Float64Array(SIZE_OF_BATCH);
    h = new Float64Array(SIZE_OF_BATCH);
    for (let i = 0; i < SIZE_OF_BATCH; i += 1) z[i] = z[i] * factor + bias;
    fill(z, h, slopes);
    layers.push({ z, slopes });
  }
  const norms = new Float64Array(depth + 1);
  norms[depth] = 1;
  let gradient = top;
  for (let l = depth - 1; l >= 0; l -= 1) {
    const { slopes } = layers[l];
    const dz = new Float64Array(SIZE_OF_BATCH);
    for (let i = 0; i < SIZE_OF_BATCH; i += 1) dz[i] = gradient[i] * slopes[i] * factor;
    gradient = times(dz, backwards[l]);
    norms[l] = norm(gradient);
  }
  return { layers, norms };
}

/** Rows times a square matrix, four columns at a time, which is faster: every key press asks for a hundred. */
function times(rows, matrix) {
  const out = new Float64Array(rows.length);
  for (let start = 0; start < rows.length; start += UNITS) {
    for (let j = 0; j < UNITS; j += 4) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0, at = j; k < UNITS; k += 1, at += UNITS) {
        const a = rows[start + k];
        s0 += a * matrix[at];
        s1 += a * matrix[at + 1];
        s2 += a * matrix[at + 2];
        s3 += a * matrix[at + 3];
      }
      out[start + j] = s0;
      out[start + j + 1] = s1;
      out[start + j + 2] = s2;
      out[start + j + 3] = s3;
    }
  }
  return out;
}

function transposed(matrix) {
  return matrix.map((_, at) => matrix[(at % UNITS) * UNITS + Math.floor(at / UNITS)]);
}

/** Units whose slope is 0 for every example: no gradient reaches their weights. */
export function deadUnits(slopes) {
  return Array.from({ length: UNITS }, (_, unit) => unit).filter((unit) => {
    for (let i = unit; i < SIZE_OF_BATCH; i += UNITS) if (slopes[i] !== 0) return false;
    return true;
  });
}

/** A number of any size in few letters: 0.25, 31.60, 3.2e\u22125, 0. */
export function power(x) {
  if (x === 0) return "0";
  if (x >= 0.01 && x < 1000) return x.toFixed(2);
  const [digits, exponent] = x.toExponential(1).split("e");
  return `${digits}e${Number(exponent)}`.replace("-", "\u2212");
}
