"""Answers to the exercises of lesson 04, and what each one earns. Marks are foreseen from the lesson's text.

Every answer is graded for real by the tests, with the reference in all other cells. `shape_answers` is graded for
the id of the tests' student, ada.
"""

from autograder.lesson.answers import right, unusable, unusable_value, wrong
from autograder.lesson.samples import Known

EFFECTIVE = [
    right(
        "effective_kernel_size",
        "steps of d",
        "def effective_kernel_size(k, d):\n    return 1 + (k - 1) * d",
    ),
    right(
        "effective_kernel_size",
        "laid down and measured",
        """
def effective_kernel_size(k, d):
    taps = [d * n for n in range(k)]
    return taps[-1] - taps[0] + 1
""",
    ),
    wrong(
        "effective_kernel_size",
        "a gap after the last",
        "def effective_kernel_size(k, d):\n    return d * k",
        says=["expected 5, got 6", "between 3 weights"],
        mistake="k times d",
    ),
    wrong(
        "effective_kernel_size",
        "gaps too wide",
        "def effective_kernel_size(k, d):\n    return k + d * (k - 1)",
        says="With dilation 1 the weights lie side by side",
        mistake="d pixels in each gap",
    ),
    wrong(
        "effective_kernel_size",
        "right for 2 alone",
        "def effective_kernel_size(k, d):\n    return k if d == 1 else k + k - 1",
        marks={"values": 1},
        says="should grow with d",
        mistake="2k - 1",
    ),
    wrong(
        "effective_kernel_size",
        "one pixel short",
        "def effective_kernel_size(k, d):\n    return d * k - d",
        says="the first one included",
        mistake="the distance for the number of pixels",
    ),
    wrong(
        "effective_kernel_size",
        "no dilation",
        "def effective_kernel_size(k, d):\n    return k",
        says="expected 5, got 3",
        mistake="",
    ),
    *unusable("effective_kernel_size", arguments="k, d"),
]

SIZE = [
    right(
        "conv_output_size",
        "laid down and counted",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    row = i + 2 * p
    last_tap = (k - 1) * d
    places = [left for left in range(0, row, s) if left + last_tap < row]
    if not places:
        raise ValueError("no place")
    return len(places)
""",
    ),
    right(
        "conv_output_size",
        "math.floor",
        """
import math


def conv_output_size(i, k, s=1, p=0, d=1):
    o = math.floor((i + 2 * p - d * (k - 1) - 1) / s) + 1
    if o < 1:
        raise ValueError(f"{k} does not fit")
    return o
""",
    ),
    right(
        "conv_output_size",
        "a float of the right value",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    o = np.floor((i + 2 * p - d * (k - 1) - 1) / s) + 1
    if o < 1:
        raise ValueError
    return float(o)
""",
    ),
    wrong(
        "conv_output_size",
        "no error",
        "def conv_output_size(i, k, s=1, p=0, d=1):\n    return (i + 2 * p - d * (k - 1) - 1) // s + 1",
        marks={"values": 1, "stride": 1, "dilation": 1},
        says=["expected ValueError, got back -1"],
        mistake="",
    ),
    wrong(
        "conv_output_size",
        "decimals cut off",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    o = int((i + 2 * p - d * (k - 1) - 1) / s) + 1
    if o < 1:
        raise ValueError
    return o
""",
        marks={"values": 1, "stride": 1, "dilation": 1},
        says="got back 1",
        mistake="int() for the floor",
    ),
    wrong(
        "conv_output_size",
        "looks at the image without padding",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    if effective_kernel_size(k, d) > i:
        raise ValueError
    return (i + 2 * p - effective_kernel_size(k, d)) // s + 1
""",
        marks={"values": 1, "stride": 1, "dilation": 1},
        says=["errors: ", "conv_output_size(3, 5, p=1)"],
    ),
    wrong(
        "conv_output_size",
        "0 places let through",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    o = (i + 2 * p - effective_kernel_size(k, d)) // s + 1
    if o < 0:
        raise ValueError("too large")
    return o
""",
        marks={"values": 1, "stride": 1, "dilation": 1},
        says=["errors: Nothing was raised", "got back 0", "0 places are no answer"],
        mistake="",
    ),
    wrong(
        "conv_output_size",
        "the kernel without gaps, the row without padding",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    if k > i:
        raise ValueError("too large")
    return (i + 2 * p - effective_kernel_size(k, d)) // s + 1
""",
        marks={"values": 1, "stride": 1, "dilation": 1},
        says="Which two lengths must you compare",
        mistake="the bare kernel held against the bare image",
    ),
    wrong(
        "conv_output_size",
        "the error given back",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    if effective_kernel_size(k, d) > i + 2 * p:
        return ValueError("too large")
    return (i + 2 * p - effective_kernel_size(k, d)) // s + 1
""",
        marks={"values": 1, "stride": 1, "dilation": 1},
        says="errors: ",
        mistake="",
    ),
    wrong(
        "conv_output_size",
        "no floor",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    room = i + 2 * p - effective_kernel_size(k, d)
    if room < 0:
        raise ValueError
    return room / s + 1
""",
        marks={"values": 1, "dilation": 1, "errors": 1},
        says=["expected 3, got 3.5", "no half pixels"],
        mistake="not rounded at all",
    ),
    wrong(
        "conv_output_size",
        "upwards",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    room = i + 2 * p - effective_kernel_size(k, d)
    if room < 0:
        raise ValueError
    return int(np.ceil(room / s)) + 1
""",
        marks={"values": 1, "dilation": 1, "errors": 1},
        says="hang over the edge",
        mistake="rounded up in place of down",
    ),
    # Exactly one place: the first. So the aspect errors, which asks for a kernel that just fits, is lost as well.
    wrong(
        "conv_output_size",
        "+ 1 in the bracket",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    room = i + 2 * p - effective_kernel_size(k, d)
    if room < 0:
        raise ValueError
    return (room + 1) // s
""",
        marks={"values": 1, "dilation": 1},
        says="the place at the start",
        mistake="1 added before dividing",
    ),
    wrong(
        "conv_output_size",
        "no + 1",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    room = i + 2 * p - effective_kernel_size(k, d)
    if room < 0:
        raise ValueError
    return room // s
""",
        says=["expected 6, got 5", "Before the first step"],
        mistake="the first place is not counted",
    ),
    wrong(
        "conv_output_size",
        "one side",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    room = i + p - effective_kernel_size(k, d)
    if room < 0:
        raise ValueError
    return room // s + 1
""",
        says=["expected 8, got 6", "p on the right"],
        mistake="padding on one side only",
    ),
    wrong(
        "conv_output_size",
        "no dilation",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    if i + 2 * p < k:
        raise ValueError
    return (i + 2 * p - k) // s + 1
""",
        marks={"values": 1, "stride": 1},
        says="reaches further than its k weights",
        mistake="the gaps left out",
    ),
    wrong(
        "conv_output_size",
        "no stride",
        """
def conv_output_size(i, k, s=1, p=0, d=1):
    room = i + 2 * p - effective_kernel_size(k, d)
    if room < 0:
        raise ValueError
    return room + 1
""",
        marks={"values": 1, "dilation": 1, "errors": 1},
        says="expected 3, got 6",
        mistake="the stride left out",
    ),
    *unusable("conv_output_size", arguments="i, k, s=1, p=0, d=1"),
]

SHAPE = [
    right(
        "conv_output_shape",
        "a list, by a loop",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    try:
        kernel = list(k)
    except TypeError:
        kernel = [k, k]
    result = [n_kernels]
    for size, one in zip(shape[1:], kernel):
        room = size + 2 * p - (d * (one - 1) + 1)
        if room < 0:
            raise ValueError("too large")
        result.append(room // s + 1)
    return result
""",
    ),
    wrong(
        "conv_output_shape",
        "exchanged",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    kh, kw = (k, k) if isinstance(k, int) else k
    h, w = conv_output_size(shape[1], kh, s, p, d), conv_output_size(shape[2], kw, s, p, d)
    return n_kernels, w, h
""",
        marks={"errors": 1},
        says="higher than wide",
        mistake="height and width exchanged",
    ),
    wrong(
        "conv_output_shape",
        "as TensorFlow has it",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    kh, kw = (k, k) if isinstance(k, int) else k
    h, w = conv_output_size(shape[1], kh, s, p, d), conv_output_size(shape[2], kw, s, p, d)
    return h, w, n_kernels
""",
        marks={"errors": 1},
        says="In which order",
        mistake="channels last",
    ),
    wrong(
        "conv_output_shape",
        "the old channels",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    kh, kw = (k, k) if isinstance(k, int) else k
    h, w = conv_output_size(shape[1], kh, s, p, d), conv_output_size(shape[2], kw, s, p, d)
    return shape[0], h, w
""",
        marks={"errors": 1},
        says="makes one flat image",
        mistake="the channels of the input kept",
    ),
    wrong(
        "conv_output_shape",
        "width first in the pair",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    kw, kh = (k, k) if isinstance(k, int) else k
    h, w = conv_output_size(shape[1], kh, s, p, d), conv_output_size(shape[2], kw, s, p, d)
    return n_kernels, h, w
""",
        marks={"values": 2, "errors": 1},
        says="height first",
        mistake="the pair read as (kw, kh)",
    ),
    wrong(
        "conv_output_shape",
        "no pairs",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    return n_kernels, conv_output_size(shape[1], k, s, p, d), conv_output_size(shape[2], k, s, p, d)
""",
        marks={"values": 2, "errors": 1},
        says="pairs: ",
    ),
    wrong(
        "conv_output_shape",
        "no error",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    kh, kw = (k, k) if isinstance(k, int) else k
    return (
        n_kernels,
        (shape[1] + 2 * p - d * (kh - 1) - 1) // s + 1,
        (shape[2] + 2 * p - d * (kw - 1) - 1) // s + 1,
    )
""",
        marks={"values": 2, "pairs": 1},
        says="expected ValueError",
        mistake="",
    ),
    wrong(
        "conv_output_shape",
        "channels times kernels",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    kh, kw = (k, k) if isinstance(k, int) else k
    h, w = conv_output_size(shape[1], kh, s, p, d), conv_output_size(shape[2], kw, s, p, d)
    return shape[0] * n_kernels, h, w
""",
        marks={"errors": 1},
        says="How many flat images does one kernel make",
        mistake="a set of channels for each kernel",
    ),
    # It never looks at the width, so it does not notice that a kernel is too wide.
    wrong(
        "conv_output_shape",
        "always square",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    k = k if isinstance(k, int) else k[0]
    return (n_kernels,) + (conv_output_size(shape[1], k, s, p, d),) * 2
""",
        says="comes out square",
        mistake="the same size for height and width",
    ),
    wrong(
        "conv_output_shape",
        "no dilation",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    kh, kw = (k, k) if isinstance(k, int) else k
    return n_kernels, conv_output_size(shape[1], kh, s, p), conv_output_size(shape[2], kw, s, p)
""",
        says=["expected (4, 7, 16), got (4, 9, 18)", "hand on to conv_output_size"],
        mistake="stride, padding or dilation left out",
    ),
    wrong(
        "conv_output_shape",
        "the plain kernel alone",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    kh, kw = (k, k) if isinstance(k, int) else k
    return n_kernels, conv_output_size(shape[1], kh), conv_output_size(shape[2], kw)
""",
        says=[
            "expected (4, 10, 20), got (4, 8, 18)",
            "hand on to conv_output_size",
        ],
        mistake="stride, padding and dilation left out",
    ),
    wrong(
        "conv_output_shape",
        "the height alone",
        """
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    kh = k[0] if isinstance(k, tuple) else k
    return conv_output_size(shape[1], kh, s, p, d)
""",
        says="One number came back where several are due",
    ),
    *unusable("conv_output_shape", arguments="shape, n_kernels, k, s=1, p=0, d=1"),
]

POOL_SHAPE = [
    right(
        "pool_output_shape",
        "NumPy's own windows",
        """
def pool_output_shape(shape, k, s=None):
    windows = np.lib.stride_tricks.sliding_window_view(np.zeros(shape), (k, k), axis=(1, 2))
    return windows[:, :: s or k, :: s or k].shape[:3]
""",
    ),
    right(
        "pool_output_shape",
        "the formula",
        """
def pool_output_shape(shape, k, s=None):
    s = s or k
    if min(shape[1:]) < k:
        raise ValueError("the window is too large")
    return (shape[0], *[(size - k) // s + 1 for size in shape[1:]])
""",
    ),
    wrong(
        "pool_output_shape",
        "stride 1",
        "def pool_output_shape(shape, k, s=1):\n    return conv_output_shape(shape, shape[0], k, s or 1)",
        marks={"stride": 1, "errors": 1},
        says="lie side by side",
        mistake="stride 1 where none is given",
    ),
    wrong(
        "pool_output_shape",
        "stride 2",
        "def pool_output_shape(shape, k, s=2):\n    return conv_output_shape(shape, shape[0], k, s or 2)",
        marks={"stride": 1, "errors": 1},
        says="expected (6, 9, 9), got (6, 13, 13)",
        mistake="stride 2 where none is given",
    ),
    wrong(
        "pool_output_shape",
        "always side by side",
        """
def pool_output_shape(shape, k, s=None):
    if min(shape[1:]) < k:
        raise ValueError
    return shape[0], shape[1] // k, shape[2] // k
""",
        marks={"values": 1, "errors": 1},
        says="What if the windows overlap",
        mistake="the stride left out",
    ),
    wrong(
        "pool_output_shape",
        "size over stride",
        """
def pool_output_shape(shape, k, s=None):
    if min(shape[1:]) < k:
        raise ValueError
    s = s or k
    return shape[0], shape[1] // s, shape[2] // s
""",
        marks={"values": 1, "errors": 1},
        says="where does the last window end",
        mistake="the size divided by the stride",
    ),
    wrong(
        "pool_output_shape",
        "no error",
        "def pool_output_shape(shape, k, s=None):\n"
        "    return shape[0], (shape[1] - k) // (s or k) + 1, (shape[2] - k) // (s or k) + 1",
        marks={"values": 1, "stride": 1},
        says="got back (6, 0, 1)",
        mistake="",
    ),
    wrong(
        "pool_output_shape",
        "upwards",
        """
def pool_output_shape(shape, k, s=None):
    if min(shape[1:]) < k:
        raise ValueError
    s = s or k
    return shape[0], int(np.ceil((shape[1] - k) / s)) + 1, int(np.ceil((shape[2] - k) / s)) + 1
""",
        marks={"errors": 1},
        says="Which way must you round",
        mistake="windows that hang over the edge",
    ),
    *unusable("pool_output_shape", arguments="shape, k, s=None"),
]

TRACE = [
    right(
        "trace_shapes",
        "called again for the rest",
        """
def trace_shapes(shape, layers):
    if not layers:
        return []
    first, *rest = layers
    if first["kind"] == "pool":
        k = first["k"]
        shape = pool_output_shape(shape, k, first.get("s", k))
    else:
        settings = {"s": 1, "p": 0, "d": 1} | first
        shape = conv_output_shape(
            shape, settings["n_kernels"], settings["k"], settings["s"], settings["p"], settings["d"]
        )
    return [shape] + trace_shapes(shape, rest)
""",
    ),
    wrong(
        "trace_shapes",
        "with the input",
        """
def trace_shapes(shape, layers):
    shapes = [shape]
    for layer in layers:
        if layer["kind"] == "conv":
            s, p, d = layer.get("s", 1), layer.get("p", 0), layer.get("d", 1)
            shapes.append(conv_output_shape(shapes[-1], layer["n_kernels"], layer["k"], s, p, d))
        else:
            shapes.append(pool_output_shape(shapes[-1], layer["k"], layer.get("s")))
    return shapes
""",
        says="starts with the shape of the input",
        mistake="the input as first shape",
    ),
    wrong(
        "trace_shapes",
        "the end only",
        """
def trace_shapes(shape, layers):
    for layer in layers:
        if layer["kind"] == "conv":
            s, p, d = layer.get("s", 1), layer.get("p", 0), layer.get("d", 1)
            shape = conv_output_shape(shape, layer["n_kernels"], layer["k"], s, p, d)
        else:
            shape = pool_output_shape(shape, layer["k"], layer.get("s"))
    return shape
""",
        says="after each layer",
        mistake="the last shape alone",
    ),
    wrong(
        "trace_shapes",
        "always from the image",
        """
def trace_shapes(shape, layers):
    shapes = []
    for layer in layers:
        if layer["kind"] == "conv":
            s, p, d = layer.get("s", 1), layer.get("p", 0), layer.get("d", 1)
            shapes.append(conv_output_shape(shape, layer["n_kernels"], layer["k"], s, p, d))
        else:
            shapes.append(pool_output_shape(shape, layer["k"], layer.get("s")))
    return shapes
""",
        says="what came out of the first",
        mistake="every layer starting from the image",
    ),
    wrong(
        "trace_shapes",
        "every key expected",
        """
def trace_shapes(shape, layers):
    shapes = []
    for layer in layers:
        if layer["kind"] == "conv":
            shape = conv_output_shape(
                shape, layer["n_kernels"], layer["k"], layer["s"], layer["p"], layer["d"]
            )
        else:
            shape = pool_output_shape(shape, layer["k"], layer["s"])
        shapes.append(shape)
    return shapes
""",
        marks={"values": 2},
        says="KeyError",
    ),
    wrong(
        "trace_shapes",
        "pools by 1",
        """
def trace_shapes(shape, layers):
    shapes = []
    for layer in layers:
        s, p, d = layer.get("s", 1), layer.get("p", 0), layer.get("d", 1)
        kernels = layer.get("n_kernels", shape[0])
        shape = conv_output_shape(shape, kernels, layer["k"], s, p, d)
        shapes.append(shape)
    return shapes
""",
        marks={"values": 2},
        says="What is it for a pooling",
        mistake="pooling by 1 where no stride is given",
    ),
    wrong(
        "trace_shapes",
        "no padding, no dilation",
        """
def trace_shapes(shape, layers):
    shapes = []
    for layer in layers:
        if layer["kind"] == "conv":
            shape = conv_output_shape(shape, layer["n_kernels"], layer["k"], layer.get("s", 1))
        else:
            shape = pool_output_shape(shape, layer["k"], layer.get("s"))
        shapes.append(shape)
    return shapes
""",
        says="never look at",
        mistake="padding and dilation left out",
    ),
    wrong(
        "trace_shapes",
        "takes the dicts apart",
        """
def trace_shapes(shape, layers):
    shapes = []
    for layer in layers:
        if layer.pop("kind") == "conv":
            shape = conv_output_shape(shape, **layer)
        else:
            shape = pool_output_shape(shape, **layer)
        shapes.append(shape)
    return shapes
""",
        marks={"values": 2},
        says=["defaults: ", "changed"],
        mistake="",
    ),
    wrong(
        "trace_shapes",
        "writes what is missing into the dicts",
        """
def trace_shapes(shape, layers):
    shapes = []
    for layer in layers:
        layer.setdefault("s", 1 if layer["kind"] == "conv" else layer["k"])
        if layer["kind"] == "conv":
            p, d = layer.get("p", 0), layer.get("d", 1)
            shape = conv_output_shape(shape, layer["n_kernels"], layer["k"], layer["s"], p, d)
        else:
            shape = pool_output_shape(shape, layer["k"], layer["s"])
        shapes.append(shape)
    return shapes
""",
        marks={"values": 2},
        says=["defaults: ", "changed"],
        mistake="",
    ),
    *unusable(
        "trace_shapes",
        arguments="shape, layers",
        nan="[(np.nan, np.nan, np.nan)] * len(layers)",
    ),
]

PARAMETERS = [
    right(
        "conv_parameter_count",
        "the size of the arrays",
        """
def conv_parameter_count(c_in, n_kernels, k, bias=False):
    W, b = np.zeros((n_kernels, c_in, k, k)), np.zeros(n_kernels)
    return W.size + bias * b.size
""",
    ),
    wrong(
        "conv_parameter_count",
        "no channels",
        "def conv_parameter_count(c_in, n_kernels, k, bias=False):\n    return n_kernels * (k**2 + int(bias))",
        says="how many channels are there",
        mistake="the input's channels left out",
    ),
    wrong(
        "conv_parameter_count",
        "k for k squared",
        "def conv_parameter_count(c_in, n_kernels, k, bias=False):\n    return n_kernels * (c_in * k + int(bias))",
        says="How many pixels does a 5 by 5 kernel cover",
        mistake="the kernel's area counted as its width",
    ),
    wrong(
        "conv_parameter_count",
        "a bias per channel",
        "def conv_parameter_count(c_in, n_kernels, k, bias=False):\n"
        "    return n_kernels * c_in * (k**2 + int(bias))",
        marks={"values": 1},
        says="expected 2416, got 2496",
        mistake="a bias for every channel of every kernel",
    ),
    wrong(
        "conv_parameter_count",
        "one bias",
        "def conv_parameter_count(c_in, n_kernels, k, bias=False):\n    return n_kernels * c_in * k**2 + bias",
        marks={"values": 1},
        says="a bias of its own",
        mistake="one bias for the whole layer",
    ),
    wrong(
        "conv_parameter_count",
        "biases always",
        "def conv_parameter_count(c_in, n_kernels, k, bias=True):\n    return n_kernels * c_in * k**2 + n_kernels",
        marks={"bias": 1},
        says="expected 2400, got 2416",
        mistake="the bias counted always",
    ),
    wrong(
        "conv_parameter_count",
        "biases never",
        "def conv_parameter_count(c_in, n_kernels, k, bias=False):\n    return n_kernels * c_in * k**2",
        marks={"values": 1},
        says="when `bias` is True",
        mistake="the bias left out",
    ),
    *unusable("conv_parameter_count", arguments="c_in, n_kernels, k, bias=False"),
]

SOLVE = [
    right(
        "solve_kernel_size",
        "the formula turned round",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    row = i + 2 * p
    largest = row - s * (o - 1)  # effective sizes from largest - s + 1 to largest
    effective = range(max(largest - s + 1, 1), largest + 1)
    return [(e - 1) // d + 1 for e in effective if (e - 1) % d == 0]
""",
    ),
    right(
        "solve_kernel_size",
        "every k tried",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    found, k = [], 1
    while True:
        try:
            if conv_output_size(i, k, s, p, d) == o:
                found.append(k)
        except ValueError:
            return found
        k += 1
""",
    ),
    wrong(
        "solve_kernel_size",
        "the largest alone",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    effective = i + 2 * p - s * (o - 1)
    sizes = [e for e in range(effective, max(effective - s, 0), -1) if (e - 1) % d == 0]
    return [(e - 1) // d + 1 for e in sizes[:1]]
""",
        marks={"values": 1, "none": 1},
        says="Which others are there",
        mistake="one answer where there are several",
    ),
    wrong(
        "solve_kernel_size",
        "the first alone",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    for k in range(1, i + 2 * p + 1):
        if effective_kernel_size(k, d) <= i + 2 * p and conv_output_size(i, k, s, p, d) == o:
            return [k]
    return []
""",
        marks={"values": 1, "none": 1},
        says="does the next one fit",
        mistake="the smallest kernel only",
    ),
    wrong(
        "solve_kernel_size",
        "with its gaps",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    row = i + 2 * p
    return [e for e in range(1, row + 1) if (row - e) // s + 1 == o and (e - 1) % d == 0]
""",
        marks={"values": 1, "stride": 1, "none": 1},
        says="How many weights does it have",
        mistake="the effective size for k",
    ),
    wrong(
        "solve_kernel_size",
        "no gaps",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    return [k for k in range(1, i + 2 * p + 1) if conv_output_size(i, k, s, p) == o]
""",
        marks={"values": 1, "stride": 1},
        says="Put one of your answers back",
        mistake="the gaps left out",
    ),
    wrong(
        "solve_kernel_size",
        "off by one place",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    row = i + 2 * p
    return [k for k in range(1, row + 1) if (k - 1) * d < row and (row - (k - 1) * d - 1) // s == o]
""",
        says="the one before the first step",
        mistake="the + 1 forgotten",
    ),
    wrong(
        "solve_kernel_size",
        "k up to i",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    row = i + 2 * p
    return [k for k in range(1, i + 1) if (k - 1) * d < row and conv_output_size(i, k, s, p, d) == o]
""",
        marks={"stride": 1, "dilation": 1, "none": 1},
        says="longer than the image itself",
        mistake="kernels no longer than the image without padding",
    ),
    wrong(
        "solve_kernel_size",
        "k below i",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    row = i + 2 * p
    return [k for k in range(1, i) if (k - 1) * d < row and conv_output_size(i, k, s, p, d) == o]
""",
        marks={"stride": 1, "dilation": 1, "none": 1},
        says=[
            "expected [7], got []",
            "Is a kernel of exactly that length never right",
        ],
        mistake="the kernel as long as the image left out",
    ),
    wrong(
        "solve_kernel_size",
        "from 0",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    row = i + 2 * p
    return [k for k in range(0, row + 1) if (k - 1) * d < row and conv_output_size(i, k, s, p, d) == o]
""",
        marks={"values": 1, "stride": 1, "dilation": 1},
        says=["expected [], got [0]", "no weights at all"],
        mistake="a kernel of 0 weights",
    ),
    wrong(
        "solve_kernel_size",
        "the error goes through",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    return [k for k in range(1, i + 2 * p + 1) if conv_output_size(i, k, s, p, d) == o]
""",
        marks={"values": 1, "stride": 1},
        says="raised ValueError",
    ),
    wrong(
        "solve_kernel_size",
        "None for none",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    row = i + 2 * p
    fit = [k for k in range(1, row + 1) if (k - 1) * d < row and conv_output_size(i, k, s, p, d) == o]
    return fit or None
""",
        marks={"values": 1, "stride": 1, "dilation": 1},
        says="got None",
        mistake="",
    ),
    wrong(
        "solve_kernel_size",
        "falling order",
        """
def solve_kernel_size(i, o, s=1, p=0, d=1):
    row = i + 2 * p
    fit = [k for k in range(1, row + 1) if (k - 1) * d < row and conv_output_size(i, k, s, p, d) == o]
    return fit[::-1]
""",
        marks={"values": 1, "none": 1},
        says="expected [3, 4], got [4, 3]",
        mistake="",
    ),
    *unusable("solve_kernel_size", arguments="i, o, s=1, p=0, d=1", nan="[np.nan]"),
]

TRANSPOSE = [
    right(
        "conv_transpose_output_size",
        "laid down and measured",
        """
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    touched = {n * s + tap * d for n in range(i) for tap in range(k)}
    return max(touched) + 1 - 2 * p + output_padding
""",
    ),
    right(
        "conv_transpose_output_size",
        "as PyTorch prints it",
        """
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return (i - 1) * s - 2 * p + d * (k - 1) + output_padding + 1
""",
    ),
    wrong(
        "conv_transpose_output_size",
        "a step too many",
        """
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return i * s + effective_kernel_size(k, d) - 2 * p + output_padding
""",
        says="from the first to the last",
        mistake="a step after the last kernel",
    ),
    wrong(
        "conv_transpose_output_size",
        "padding on",
        """
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return (i - 1) * s + effective_kernel_size(k, d) + 2 * p + output_padding
""",
        says="expected 6, got 10",
        mistake="the padding put on",
    ),
    wrong(
        "conv_transpose_output_size",
        "padding off once",
        """
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return (i - 1) * s + effective_kernel_size(k, d) - p + output_padding
""",
        says="On how many sides",
        mistake="the padding taken off on one side only",
    ),
    wrong(
        "conv_transpose_output_size",
        "no gaps",
        """
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return (i - 1) * s + k - 2 * p + output_padding
""",
        marks={"values": 1, "stride": 1, "output_padding": 1},
        says="How far does a kernel with gaps reach",
        mistake="the gaps left out",
    ),
    wrong(
        "conv_transpose_output_size",
        "twice",
        """
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return (i - 1) * s + effective_kernel_size(k, d) - 2 * p + 2 * output_padding
""",
        marks={"values": 1, "stride": 1, "dilation": 1},
        says="at the far end only",
        mistake="output_padding on both sides",
    ),
    wrong(
        "conv_transpose_output_size",
        "the forward formula",
        """
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return (i + 2 * p - effective_kernel_size(k, d)) // s + 1
""",
        says="lays down a whole kernel",
        mistake="the forward size",
    ),
    wrong(
        "conv_transpose_output_size",
        "without its last argument",
        """
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return (i - 1) * s + effective_kernel_size(k, d) - 2 * p
""",
        marks={"values": 1, "stride": 1, "dilation": 1},
        says="expected 8, got 7",
        mistake="output_padding left out",
    ),
    *unusable(
        "conv_transpose_output_size",
        arguments="i, k, s=1, p=0, d=1, output_padding=0",
    ),
]

FIELD = [
    right(
        "receptive_field",
        "followed down to the pixels",
        """
def receptive_field(layers):
    seen = {0}
    for layer in reversed(layers):
        s = layer.get("s", layer["k"] if layer["kind"] == "pool" else 1)
        seen = {unit * s + tap * layer.get("d", 1) for unit in seen for tap in range(layer["k"])}
    return max(seen) - min(seen) + 1
""",
    ),
    right(
        "receptive_field",
        "from the top",
        """
def receptive_field(layers):
    r = 1
    for layer in layers[::-1]:
        k, d = layer["k"], layer.get("d", 1)
        s = layer.get("s", 1) if layer["kind"] == "conv" else layer.get("s", k)
        r = (r - 1) * s + effective_kernel_size(k, d)
    return r
""",
    ),
    wrong(
        "receptive_field",
        "no strides",
        """
def receptive_field(layers):
    return 1 + sum((layer["k"] - 1) * layer.get("d", 1) for layer in layers)
""",
        marks={"values": 1, "dilation": 1},
        says=["expected 8, got 6", "neighbours lie 2 pixels apart"],
        mistake="the strides left out",
    ),
    wrong(
        "receptive_field",
        "its own stride",
        """
def receptive_field(layers):
    r = j = 1
    for layer in layers:
        j *= layer.get("s", 1 if layer["kind"] == "conv" else layer["k"])
        r += (layer["k"] - 1) * layer.get("d", 1) * j
    return r
""",
        marks={"values": 1, "dilation": 1},
        says="Whose neighbours",
        mistake="a layer's stride counted for itself",
    ),
    wrong(
        "receptive_field",
        "added up",
        """
def receptive_field(layers):
    total = 0
    for layer in layers:
        total += layer["k"]
    return total
""",
        says="do you really see 6",
        mistake="the sizes added up",
    ),
    wrong(
        "receptive_field",
        "no gaps",
        """
def receptive_field(layers):
    r = j = 1
    for layer in layers:
        r += (layer["k"] - 1) * j
        j *= layer.get("s", 1 if layer["kind"] == "conv" else layer["k"])
    return r
""",
        marks={"values": 1, "stride": 1},
        says="expected 5, got 3",
        mistake="the gaps left out",
    ),
    wrong(
        "receptive_field",
        "the last stride",
        """
def receptive_field(layers):
    r = j = 1
    for layer in layers:
        r += (layer["k"] - 1) * layer.get("d", 1) * j
        j = layer.get("s", 1 if layer["kind"] == "conv" else layer["k"])
    return r
""",
        marks={"values": 1, "dilation": 1},
        says="halves it again",
        mistake="the stride of the last layer only",
    ),
    wrong(
        "receptive_field",
        "from zero",
        """
def receptive_field(layers):
    r, j = 0, 1
    for layer in layers:
        r += (layer["k"] - 1) * layer.get("d", 1) * j
        j *= layer.get("s", 1 if layer["kind"] == "conv" else layer["k"])
    return r
""",
        says="A pixel sees itself",
        mistake="starting from 0",
    ),
    wrong(
        "receptive_field",
        "pools by 1",
        """
def receptive_field(layers):
    r = j = 1
    for layer in layers:
        r += (layer["k"] - 1) * layer.get("d", 1) * j
        j *= layer.get("s", 1)
    return r
""",
        marks={"values": 1, "dilation": 1},
        says="What is it for a pooling",
        mistake="pooling by 1 where no stride is given",
    ),
    wrong(
        "receptive_field",
        "the pixels that are looked at, counted",
        """
def receptive_field(layers):
    seen = {0}
    for layer in reversed(layers):
        s = layer.get("s", layer["k"] if layer["kind"] == "pool" else 1)
        seen = {unit * s + tap * layer.get("d", 1) for unit in seen for tap in range(layer["k"])}
    return len(seen)
""",
        marks={"values": 1},
        says=["expected 5, got 3", "with those that are skipped"],
        mistake="only the pixels that are looked at",
    ),
    *unusable("receptive_field", arguments="layers", nan="np.nan"),
]

# Worked out on paper for ada's sheet, fe1c-559a.
BY_HAND = {
    "sheet": "'fe1c-559a'",
    "a": "[(6, 32, 43), (6, 10, 14), (26, 4, 6)]",
    "a_total": "624",
    "b": "1404",
    "c": "[84]",
    "d": "[31]",  # 106 + 2 pixels, 48 places: k' = 61 = 2 k - 1
    "e": "[26, 27, 28]",
}
BEN = {
    "sheet": "'9b1d-b732'",
    "a": "[(5, 28, 38), (5, 14, 19), (27, 6, 9)]",
    "a_total": "1458",
    "b": "1242",
    "c": "[61]",
    "d": "[29]",  # 108 + 2 pixels, 26 places: k' = 85 = 3 k - 2
    "e": "[22, 23, 24, 25]",
}


def sheet(**changed: str) -> str:
    """Write ada's answers down, with some of them changed."""
    lines = [f'    "{key}": {value},' for key, value in (BY_HAND | changed).items()]
    return "\n".join(["shape_answers = {", *lines, "}"])


ALL = {"a": 1, "a_total": 0.5, "b": 0.5, "c": 1, "d": 1, "e": 1}


def without(*keys: str) -> dict[str, float]:
    return {key: points for key, points in ALL.items() if key not in keys}


OWN_NUMBERS = [
    right("shape_answers", "on paper", sheet()),
    right(
        "shape_answers",
        "half on paper, half by function",
        """
first, pool, last = questions["layers"]
shapes = trace_shapes(questions["image"], questions["layers"])
shape_answers = dict(sheet=questions["sheet"], a=shapes)
shape_answers["a_total"] = shapes[-1][0] * shapes[-1][1] * shapes[-1][2]
shape_answers["b"] = last["k"] ** 2 * first["n_kernels"] * last["n_kernels"]
if questions["bias"]:
    shape_answers["b"] += last["n_kernels"]
for key in ("c", "d", "e"):
    shape_answers[key] = tuple(solve_kernel_size(**questions[key]))
""",
    ),
    right("shape_answers", "the sheet's number forgotten", sheet(sheet="None")),
    right(
        "shape_answers",
        "lists for shapes, floats for numbers",
        sheet(
            a="[[6, 32, 43], [6, 10, 14], [26, 4, 6]]",
            a_total="624.0",
            e="np.array([28, 27, 26])",
        ),
    ),
    wrong(
        "shape_answers",
        "ben's answers, with ben's sheet",
        sheet(**BEN),
        says=[
            "right on the sheet 9b1d-b732",
            "handed in as ada",
            "your sheet is fe1c-559a",
            "Set your id",
        ],
    ),
    wrong(
        "shape_answers",
        "ben's answers on ada's sheet",
        sheet(**(BEN | {"sheet": "'fe1c-559a'"})),
        says=["[61] is not right", "back into conv_output_size"],
    ),
    wrong(
        "shape_answers",
        "channels last",
        sheet(a="[(32, 43, 6), (10, 14, 6), (4, 6, 26)]"),
        marks=without("a"),
        says=["A known slip gives just this: channels last", "(C, H, W)"],
    ),
    wrong(
        "shape_answers",
        "the stride forgotten",
        sheet(a="[(6, 32, 43), (6, 10, 14), (26, 8, 12)]", a_total="26 * 8 * 12"),
        marks=without("a", "a_total"),
        says="how much do the kernels of the third layer move",
    ),
    wrong(
        "shape_answers",
        "one channel, and biases",
        sheet(a_total="24", b="1430"),
        marks=without("a_total", "b"),
        says=["How many channels are there", "last sentence"],
    ),
    wrong(
        "shape_answers",
        "grey as the image",
        sheet(b="26 * 9"),
        marks=without("b"),
        says="How deep is a kernel of the third layer",
    ),
    wrong(
        "shape_answers",
        "kernels slightly off",
        sheet(c="[83]", d="[61]", e="[28]"),
        marks=without("c", "d", "e"),
        says=["Before the first step", "gaps included", "it is not all"],
    ),
    wrong(
        "shape_answers",
        "invented numbers of the right form",
        sheet(a="[(1, 1, 1)] * 3", a_total="5", b="1", c="[-3]", d="[2]", e="[]"),
        says=["[-3] is not right", "[] is not right"],
    ),
    wrong(
        "shape_answers",
        "no whole numbers",
        sheet(a_total="5.5", b="1404.2", d="[30.5]"),
        marks=without("a_total", "b", "d"),
        says=[
            '"a_total" should be one whole number, got 5.5',
            '"d" should be a list of whole numbers',
        ],
    ),
    wrong(
        "shape_answers",
        "numbers for lists",
        sheet(a="26", c="84"),
        marks=without("a", "c"),
        says=[
            "should be a list of three shapes",
            '"c" should be a list of whole numbers, got 84',
        ],
    ),
    wrong(
        "shape_answers",
        "two answers missing",
        "shape_answers = {'sheet': 'fe1c-559a', 'a_total': 624, 'b': 1404, 'c': [84], 'd': [31]}",
        marks=without("a", "e"),
        says=['the key "a" is missing', 'the key "e" is missing'],
    ),
    wrong(
        "shape_answers",
        "nothing in it",
        "shape_answers = {}",
        says="not answered yet",
    ),
    *unusable_value(
        "shape_answers",
        says={"wrong shape": "should be a dict", "wrong type": "should be a dict"},
    ),
]

NAN_CONV = "np.full((len(X), len(W), *[(n + 2 * p - W.shape[2]) // s + 1 for n in X.shape[2:]]), np.nan)"
NAN_POOL = "np.full((*X.shape[:2], *[(n - k) // (s or k) + 1 for n in X.shape[2:]]), np.nan)"

CONV = [
    right(
        "conv2d_forward",
        "seven loops",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    N, C, H, width = X.shape
    F, _, k, _ = W.shape
    rows, columns = (H + 2 * p - k) // s + 1, (width + 2 * p - k) // s + 1
    Y = np.zeros((N, F, rows, columns))
    for n in range(N):
        for f in range(F):
            for y in range(rows):
                for x in range(columns):
                    Y[n, f, y, x] = b[f]
                    for c in range(C):
                        for u in range(k):
                            for v in range(k):
                                i, j = y * s + u - p, x * s + v - p
                                if 0 <= i < H and 0 <= j < width:
                                    Y[n, f, y, x] += W[f, c, u, v] * X[n, c, i, j]
    return Y
""",
    ),
    right(
        "conv2d_forward",
        "one matrix product",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    F, C, k, _ = W.shape
    X = np.pad(X, [(0, 0), (0, 0), (p, p), (p, p)])
    rows, columns = (X.shape[2] - k) // s + 1, (X.shape[3] - k) // s + 1
    patches = [X[:, :, y * s : y * s + k, x * s : x * s + k] for y in range(rows) for x in range(columns)]
    flat = np.stack(patches, axis=1).reshape(len(X), rows * columns, -1)  # N, places, C k k
    return (flat @ W.reshape(F, -1).T + b).transpose(0, 2, 1).reshape(len(X), F, rows, columns)
""",
    ),
    right(
        "conv2d_forward",
        "tensordot at each place",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    k = W.shape[-1]
    Z = np.zeros((X.shape[0], X.shape[1], X.shape[2] + 2 * p, X.shape[3] + 2 * p))
    Z[:, :, p : p + X.shape[2], p : p + X.shape[3]] = X
    o = [conv_output_size(n, k, s, p) for n in X.shape[2:]]
    Y = np.empty((len(X), len(W), *o))
    for y in range(o[0]):
        for x in range(o[1]):
            window = Z[:, :, s * y : s * y + k, s * x : s * x + k]
            Y[:, :, y, x] = np.tensordot(window, W, axes=([1, 2, 3], [1, 2, 3])) + b
    return Y
""",
    ),
    wrong(
        "conv2d_forward",
        "turned",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(X, W.shape[2:], (2, 3))[:, :, ::s, ::s]
    return np.einsum("nchwuv,fcuv->nfhw", windows, np.flip(W, (2, 3))) + b.reshape(-1, 1, 1)
""",
        says="the convolution of mathematics",
        mistake="the kernel turned by 180 degrees",
    ),
    wrong(
        "conv2d_forward",
        "rows for columns",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(X, W.shape[2:], (2, 3))[:, :, ::s, ::s]
    return np.einsum("nchwuv,fcvu->nfhw", windows, W) + b.reshape(-1, 1, 1)
""",
        says="u goes with the rows",
        mistake="the kernel's rows and columns exchanged",
    ),
    wrong(
        "conv2d_forward",
        "many biases",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(X, W.shape[2:], (2, 3))[:, :, ::s, ::s]
    terms = windows[:, None] * W[:, :, None, None] + b[:, None, None, None, None, None]
    return terms.sum(axis=(2, 5, 6))
""",
        says=["expected [23.5, 46.5], got [25, 48]", "under the sum or before it"],
        mistake="the bias inside the sum",
    ),
    wrong(
        "conv2d_forward",
        "no bias",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(X, W.shape[2:], (2, 3))[:, :, ::s, ::s]
    return np.einsum("nchwuv,fcuv->nfhw", windows, W)
""",
        says="Where do you add it",
        mistake="the bias left out",
    ),
    wrong(
        "conv2d_forward",
        "no padding",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    windows = np.lib.stride_tricks.sliding_window_view(X, W.shape[2:], (2, 3))[:, :, ::s, ::s]
    return np.einsum("nchwuv,fcuv->nfhw", windows, W) + b[:, None, None]
""",
        says="What stands around the image",
        mistake="the padding left out",
    ),
    wrong(
        "conv2d_forward",
        "no stride",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(X, W.shape[2:], (2, 3))
    return np.einsum("nchwuv,fcuv->nfhw", windows, W) + b[:, None, None]
""",
        marks={"values": 2, "shapes": 1},
        says="every place at stride 1",
        mistake="the stride left out",
    ),
    wrong(
        "conv2d_forward",
        "grey only",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))[:, 0]
    windows = np.lib.stride_tricks.sliding_window_view(X, W.shape[2:], (1, 2))[:, ::s, ::s]
    return np.einsum("nhwuv,fuv->nfhw", windows, W[:, 0]) + b[:, None, None]
""",
        says="The sum runs over c as well",
        mistake="the first channel alone",
    ),
    wrong(
        "conv2d_forward",
        "reshaped",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(X, W.shape[2:], (2, 3))[:, :, ::s, ::s]
    Y = np.einsum("nchwuv,fcuv->nhwf", windows, W) + b
    return Y.reshape(len(X), len(W), *Y.shape[1:3])
""",
        says="exchange axes takes a transpose",
        mistake="reshape for transpose",
    ),
    wrong(
        "conv2d_forward",
        "image 0 for all",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    k = W.shape[2]
    X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    rows, columns = (X.shape[2] - k) // s + 1, (X.shape[3] - k) // s + 1
    Y = np.zeros((len(X), len(W), rows, columns))
    for y in range(rows):
        for x in range(columns):
            window = X[:, :, y * s : y * s + k, x * s : x * s + k]
            Y[:, :, y, x] = np.einsum("cuv,fcuv->f", window[0], W) + b
    return Y
""",
        says=[
            "expected [22.5, -78.5], got [-25.5, 47.5]",
            "Which index never changes",
        ],
        mistake="the first image for the whole batch",
    ),
    wrong(
        "conv2d_forward",
        "no stride in the windows",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    k = W.shape[2]
    X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    rows, columns = (X.shape[2] - k) // s + 1, (X.shape[3] - k) // s + 1
    Y = np.zeros((len(X), len(W), rows, columns))
    for y in range(rows):
        for x in range(columns):
            Y[:, :, y, x] = np.einsum("ncuv,fcuv->nf", X[:, :, y : y + k, x : x + k], W) + b
    return Y
""",
        marks={"values": 2, "shapes": 1},
        says=["stride: A known slip gives just this", "at conv2d_forward("],
        mistake="the stride in the size, not in the windows",
    ),
    wrong(
        "conv2d_forward",
        "writes to the images",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    X += 0.0
    padded = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, W.shape[2:], (2, 3))[:, :, ::s, ::s]
    return np.einsum("nchwuv,fcuv->nfhw", windows, W) + b[:, None, None]
""",
        marks={"values": 2, "stride": 1},
        says="read-only",
        mistake="",
    ),
    wrong(
        "conv2d_forward",
        "W for the width",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    N, C, H, W = X.shape
    F, _, k, _ = W.shape
    return np.zeros((N, F, (H + 2 * p - k) // s + 1, (W + 2 * p - k) // s + 1))
""",
        says="has no attribute 'shape'",
        mistake="",
    ),
    wrong(
        "conv2d_forward",
        "square images only",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    k = W.shape[2]
    X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    o = (X.shape[2] - k) // s + 1
    Y = np.zeros((len(X), len(W), o, o))
    for y in range(o):
        for x in range(o):
            window = X[:, :, y * s : y * s + k, x * s : x * s + k]
            Y[:, :, y, x] = np.einsum("ncuv,fcuv->nf", window, W) + b
    return Y
""",
        says="values: ",
        mistake="one size for height and width",
    ),
    wrong(
        "conv2d_forward",
        "writes into the bias",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    padded = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, W.shape[2:], (2, 3))[:, :, ::s, ::s]
    Y = np.einsum("nchwuv,fcuv->nfhw", windows, W) + b[:, None, None]
    b *= 2
    return Y
""",
        marks={"values": 2, "stride": 1},
        says="changed its argument `b`",
        mistake="",
    ),
    *unusable("conv2d_forward", arguments="X, W, b, s=1, p=0", nan=NAN_CONV),
]

SCATTER = """
def conv2d_backward(dY, X, W, s=1, p=0):
    N, C, H, width = X.shape
    F, _, k, _ = W.shape
    padded = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    dP, dW = np.zeros(padded.shape), np.zeros(W.shape)
    for y in range(dY.shape[2]):
        for x in range(dY.shape[3]):
            here = (slice(None), slice(None), slice(y * s, y * s + k), slice(x * s, x * s + k))
            up = dY[:, :, y, x]
            dW += np.einsum("nf,ncuv->fcuv", up, padded[here])
            dP[here] += np.einsum("nf,fcuv->ncuv", up, W)
    return dP[:, :, p : p + H, p : p + width], dW, dY.sum((0, 2, 3))
"""


def scatter(old: str, new: str) -> str:
    """Write the gradients with one thing changed."""
    assert SCATTER.count(old) == 1
    return SCATTER.replace(old, new)


CONV_BACK = [
    right("conv2d_backward", "window by window", SCATTER),
    right(
        "conv2d_backward",
        "a full convolution with the turned kernel",
        """
def conv2d_backward(dY, X, W, s=1, p=0):
    k, (H, width) = W.shape[2], X.shape[2:]
    padded = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    spread = np.zeros((*dY.shape[:2], padded.shape[2] - k + 1, padded.shape[3] - k + 1))
    spread[:, :, : s * dY.shape[2] : s, : s * dY.shape[3] : s] = dY  # zeros where the stride skips
    turned = W[:, :, ::-1, ::-1].swapaxes(0, 1)
    dX = conv2d_forward(spread, turned, np.zeros(X.shape[1]), p=k - 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))
    dW = np.tensordot(spread, windows, axes=([0, 2, 3], [0, 2, 3]))
    return [dX[:, :, p : p + H, p : p + width], dW, np.einsum("nfyx->f", dY)]
""",
    ),
    wrong(
        "conv2d_backward",
        "turned",
        scatter(
            'np.einsum("nf,fcuv->ncuv", up, W)',
            'np.einsum("nf,fcuv->ncuv", up, W[:, :, ::-1, ::-1])',
        ),
        marks={"dW": 1, "db": 1},
        says="lays the kernel back on its window as it is",
        mistake="the kernel turned by 180 degrees in dX",
    ),
    wrong(
        "conv2d_backward",
        "assigned",
        scatter("dP[here] +=", "dP[here] ="),
        marks={"dW": 1, "db": 1},
        says="assign to the window, or add to it",
        mistake="windows that overwrite each other",
    ),
    wrong(
        "conv2d_backward",
        "padding kept",
        scatter("dP[:, :, p : p + H, p : p + width]", "dP"),
        marks={"dW": 1, "db": 1},
        says="must have the shape of X",
        mistake="the padding kept",
    ),
    wrong(
        "conv2d_backward",
        "the upper left corner",
        scatter("dP[:, :, p : p + H, p : p + width]", "dP[:, :, :H, :width]"),
        marks={"dW": 1, "db": 1},
        says="does the image begin",
        mistake="the padding cut off at one side alone",
    ),
    wrong(
        "conv2d_backward",
        "dW assigned",
        scatter("dW += ", "dW = "),
        marks={"dX": 1, "db": 1},
        says="assign to dW, or add to it",
        mistake="the last window alone in dW",
    ),
    wrong(
        "conv2d_backward",
        "empty at p = 0",
        scatter("dP[:, :, p : p + H, p : p + width]", "dP[:, :, p:-p, p:-p]"),
        marks={"dW": 1, "db": 1},
        says="empty",
        mistake=None,
    ),
    wrong(
        "conv2d_backward",
        "averaged",
        scatter("dW, dY.sum((0, 2, 3))", "dW / N, dY.sum((0, 2, 3)) / N"),
        marks={"dX": 1},
        says="is there a division by N",
        mistake="the mean over the batch for the sum",
    ),
    wrong(
        "conv2d_backward",
        "mean of the bias",
        scatter("dY.sum((0, 2, 3))", "dY.mean((0, 2, 3))"),
        marks={"dX": 1, "dW": 1, "stride": 1},
        says="in every one of its outputs",
        mistake="the mean for the sum in db",
    ),
    wrong(
        "conv2d_backward",
        "the first kernel alone in dX",
        scatter(
            'np.einsum("nf,fcuv->ncuv", up, W)',
            'np.einsum("n,cuv->ncuv", up[:, 0], W[0])',
        ),
        marks={"dW": 1, "db": 1},
        says="Over which letter must you sum",
        mistake="one kernel alone in dX",
    ),
    wrong(
        "conv2d_backward",
        "kernels and channels exchanged in dW",
        scatter(
            'np.einsum("nf,ncuv->fcuv", up, padded[here])',
            'np.einsum("nf,ncuv->cfuv", up, padded[here])',
        ),
        says="do not fit together",
    ),
    wrong(
        "conv2d_backward",
        "dX alone",
        scatter(
            "return dP[:, :, p : p + H, p : p + width], dW, dY.sum((0, 2, 3))",
            "return dP[:, :, p : p + H, p : p + width]",
        ),
        says="expected 3 results",
    ),
    wrong(
        "conv2d_backward",
        "no stride at all",
        scatter(
            "slice(y * s, y * s + k), slice(x * s, x * s + k)",
            "slice(y, y + k), slice(x, x + k)",
        ),
        marks={"dX": 1, "dW": 1, "db": 1, "shapes": 1},
        says="stride: ",
    ),
    wrong(
        "conv2d_backward",
        "one number for db",
        scatter("dY.sum((0, 2, 3))", "dY.sum()"),
        marks={"dX": 1, "dW": 1, "stride": 1},
        says="db",
        mistake="",
    ),
    wrong(
        "conv2d_backward",
        "no stride in dX",
        scatter(
            'dP[here] += np.einsum("nf,fcuv->ncuv", up, W)',
            'dP[:, :, y : y + k, x : x + k] += np.einsum("nf,fcuv->ncuv", up, W)',
        ),
        marks={"dX": 1, "dW": 1, "db": 1, "shapes": 1},
        says="Where do you lay the kernel back",
        mistake="the stride left out of dX",
    ),
    wrong(
        "conv2d_backward",
        "the image as it is",
        scatter(
            "up, padded[here])",
            "up, np.pad(X, ((0, 0), (0, 0), (0, 2 * p), (0, 2 * p)))[here])",
        ),
        marks={"dX": 1, "db": 1},
        says="met the padded image",
        mistake="dW from the image without its padding",
    ),
    wrong(
        "conv2d_backward",
        "in another order",
        scatter(
            "return dP[:, :, p : p + H, p : p + width], dW,",
            "return dW, dP[:, :, p : p + H, p : p + width],",
        ),
        marks={"db": 1},
        says="dX",
    ),
    wrong(
        "conv2d_backward",
        "a dict",
        scatter(
            "return dP[:, :, p : p + H, p : p + width], dW, dY.sum((0, 2, 3))",
            "return {'dX': dP, 'dW': dW}",
        ),
        says="dict",
    ),
    *unusable(
        "conv2d_backward",
        arguments="dY, X, W, s=1, p=0",
        nan="X * np.nan, W * np.nan, W[:, 0, 0, 0] * np.nan",
    ),
]

POOLING = [
    right(
        "max_pool_forward",
        "place by place",
        """
def max_pool_forward(X, k, s=None):
    s = s or k
    rows, columns = (X.shape[2] - k) // s + 1, (X.shape[3] - k) // s + 1
    Y = [[X[:, :, y * s : y * s + k, x * s : x * s + k].max((2, 3)) for x in range(columns)] for y in range(rows)]
    return np.array(Y).transpose(2, 3, 0, 1)
""",
    ),
    right(
        "max_pool_forward",
        "the largest of k * k shifted images",
        """
def max_pool_forward(X, k, s=None):
    s = k if s is None else s
    H, width = X.shape[2] - k + 1, X.shape[3] - k + 1
    shifted = [X[:, :, u : u + H : s, v : v + width : s] for u in range(k) for v in range(k)]
    return np.maximum.reduce(shifted)
""",
    ),
    wrong(
        "max_pool_forward",
        "by 1",
        """
def max_pool_forward(X, k, s=1):
    windows = np.lib.stride_tricks.sliding_window_view(X, (k, k), (2, 3))
    return windows[:, :, ::s, ::s].max((4, 5))
""",
        marks={"stride": 1},
        says="By how much does a window of size k move",
        mistake="stride 1 where none is given",
    ),
    wrong(
        "max_pool_forward",
        "side by side",
        """
def max_pool_forward(X, k, s=None):
    windows = np.lib.stride_tricks.sliding_window_view(X, (k, k), (2, 3))
    return windows[:, :, ::k, ::k].max((4, 5))
""",
        marks={"values": 1, "shapes": 1},
        says="Where does window y begin",
        mistake="the stride left out",
    ),
    wrong(
        "max_pool_forward",
        "starts from 0",
        """
def max_pool_forward(X, k, s=None):
    s = s or k
    Y = np.zeros((*X.shape[:2], (X.shape[2] - k) // s + 1, (X.shape[3] - k) // s + 1))
    for y in range(Y.shape[2]):
        for x in range(Y.shape[3]):
            for u in range(k):
                for v in range(k):
                    Y[:, :, y, x] = np.maximum(Y[:, :, y, x], X[:, :, y * s + u, x * s + v])
    return Y
""",
        says=["expected [-1, -4], got [0, 0]", "What does your maximum start from"],
        mistake="nothing below zero",
    ),
    wrong(
        "max_pool_forward",
        "half windows",
        """
def max_pool_forward(X, k, s=None):
    s = s or k
    rows, columns = int(np.ceil((X.shape[2] - k) / s)) + 1, int(np.ceil((X.shape[3] - k) / s)) + 1
    Y = np.zeros((*X.shape[:2], rows, columns))
    for y in range(rows):
        for x in range(columns):
            Y[:, :, y, x] = X[:, :, y * s : y * s + k, x * s : x * s + k].max(axis=(2, 3))
    return Y
""",
        says="only partly filled",
        mistake="windows that hang over the edge",
    ),
    wrong(
        "max_pool_forward",
        "reshaped",
        """
def max_pool_forward(X, k, s=None):
    N, C, H, W = X.shape
    return X.reshape(N, C, H // k, k, W // k, k).max(axis=(3, 5))
""",
        says="cannot reshape",
    ),
    wrong(
        "max_pool_forward",
        "the mean",
        """
def max_pool_forward(X, k, s=None):
    s = s or k
    windows = np.lib.stride_tricks.sliding_window_view(X, (k, k), (2, 3))
    return windows[:, :, ::s, ::s].mean((4, 5))
""",
        says="That is average pooling",
        mistake="the mean of each window",
    ),
    wrong(
        "max_pool_forward",
        "over the channels too",
        """
def max_pool_forward(X, k, s=None):
    s = s or k
    windows = np.lib.stride_tricks.sliding_window_view(X, (k, k), (2, 3))[:, :, ::s, ::s]
    return windows.max((1, 4, 5))[:, None] * np.ones((1, X.shape[1], 1, 1))
""",
        says="Over which axes does your maximum run",
        mistake="the maximum over all channels",
    ),
    wrong(
        "max_pool_forward",
        "over everything",
        """
def max_pool_forward(X, k, s=None):
    s = s or k
    Y = np.zeros((*X.shape[:2], (X.shape[2] - k) // s + 1, (X.shape[3] - k) // s + 1))
    for y in range(Y.shape[2]):
        for x in range(Y.shape[3]):
            Y[:, :, y, x] = X[:, :, y * s : y * s + k, x * s : x * s + k].max()
    return Y
""",
        says="`.max()` without axes runs over images and channels too",
        mistake="the maximum over the whole batch",
    ),
    *unusable("max_pool_forward", arguments="X, k, s=None", nan=NAN_POOL),
]

WINNERS = """
def max_pool_backward(dY, X, k, s=None):
    s = s or k
    dX = np.zeros(X.shape)
    for y in range(dY.shape[2]):
        for x in range(dY.shape[3]):
            here = (slice(None), slice(None), slice(y * s, y * s + k), slice(x * s, x * s + k))
            won = X[here] == X[here].max(axis=(2, 3), keepdims=True)
            dX[here] += won * dY[:, :, y : y + 1, x : x + 1]
    return dX
"""


def winners(old: str, new: str) -> str:
    """Write the gradient of pooling with one thing changed."""
    assert WINNERS.count(old) == 1
    return WINNERS.replace(old, new)


POOLING_BACK = [
    right("max_pool_backward", "by masks", WINNERS),
    right(
        "max_pool_backward",
        "number by number",
        """
def max_pool_backward(dY, X, k, s=None):
    s = s or k
    dX = np.zeros_like(X)
    for (n, c, y, x), upstream in np.ndenumerate(dY):
        window = X[n, c, y * s : y * s + k, x * s : x * s + k]
        u, v = np.unravel_index(np.argmax(window), (k, k))
        dX[n, c, y * s + u, x * s + v] += upstream
    return dX
""",
    ),
    wrong(
        "max_pool_backward",
        "paid once",
        winners(
            "dX[here] += won * dY[:, :, y : y + 1, x : x + 1]",
            "dX[here] = np.where(won, dY[:, :, y : y + 1, x : x + 1], dX[here])",
        ),
        marks={"values": 2, "shapes": 1},
        says="one pixel can win several times",
        mistake="a winner of two windows paid once",
    ),
    wrong(
        "max_pool_backward",
        "shared",
        winners("won * dY", "np.ones(won.shape) / k**2 * dY"),
        says="That belongs to the mean",
        mistake="the gradient shared by the whole window",
    ),
    wrong(
        "max_pool_backward",
        "to everyone",
        winners("won * dY", "(won | True) * dY"),
        says="nudge a pixel that is not the largest",
        mistake="the whole gradient for every pixel of the window",
    ),
    wrong(
        "max_pool_backward",
        "times the pixel",
        winners("won * dY", "won * X[here] * dY"),
        says="how large the pixel is",
        mistake="the gradient multiplied by the pixel",
    ),
    wrong(
        "max_pool_backward",
        "side by side",
        winners("s = s or k", "s = k"),
        marks={"values": 2, "shapes": 1},
        says="Where did window y begin",
        mistake="the stride left out",
    ),
    wrong(
        "max_pool_backward",
        "by 1",
        winners("s = s or k", "s = s or 1"),
        marks={"stride": 1},
        says="Where did window y begin",
        mistake="stride 1 where none is given",
    ),
    wrong(
        "max_pool_backward",
        "rows for columns",
        winners("won * dY", "won.swapaxes(2, 3) * dY"),
        says="along the rows first",
        mistake="rows and columns of the winner exchanged",
    ),
    wrong(
        "max_pool_backward",
        "writes its answer into X",
        winners("return dX", "X[...] = dX\n    return X"),
        marks={"values": 2, "stride": 1},
        says="changed its argument `X`",
        mistake="",
    ),
    wrong(
        "max_pool_backward",
        "the first image's winner for all",
        winners("won * dY", "won[:1, :1] * dY"),
        says="has a winner of its own",
        mistake="the winners of the first image for all",
    ),
    *unusable("max_pool_backward", arguments="dY, X, k, s=None", nan="X * np.nan"),
]

FROM_THE_FIELD = [
    wrong(
        "conv_output_size",
        "d times k",
        Known("a gap too many in the kernel"),
        marks={"values": 1, "stride": 1},
    ),
    wrong(
        "conv_output_size",
        "a stride that must divide",
        Known("strides that leave pixels over refused"),
        marks={"values": 1, "dilation": 1, "errors": 1},
    ),
    wrong(
        "conv2d_forward",
        "sides exchanged",
        """
def conv2d_forward(X, W, b, s=1, p=0):
    N, C, H, V = X.shape
    F, _, k, _ = W.shape
    P = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    out = np.zeros((N, F, (V + 2 * p - k) // s + 1, (H + 2 * p - k) // s + 1))
    for n, f, i, j in np.ndindex(out.shape):
        out[n, f, i, j] = (P[n, :, i * s : i * s + k, j * s : j * s + k] * W[f]).sum() + b[f]
    return out
""",
        mistake="height and width exchanged in the output size",
    ),
    wrong(
        "conv2d_forward",
        "im2col in another order",
        Known("the rows of the matrix in another order"),
    ),
    wrong(
        "conv2d_backward",
        "a stride for the rows alone",
        Known("the stride left out along the width"),
        marks={"dX": 1, "dW": 1, "db": 1, "shapes": 1},
    ),
    wrong(
        "max_pool_forward",
        "range(0, H, s)",
        Known("a window at every start, full or not"),
    ),
    wrong(
        "max_pool_backward",
        "assigned, zeros and all",
        """
def max_pool_backward(dY, X, k, s=None):
    s = s or k
    dX = np.zeros_like(X)
    for n, c, i, j in np.ndindex(dY.shape):
        window = X[n, c, i * s : i * s + k, j * s : j * s + k]
        dX[n, c, i * s : i * s + k, j * s : j * s + k] = (window == window.max()) * dY[n, c, i, j]
    return dX
""",
        marks={"values": 2, "shapes": 1},
        mistake="each window written over the one before",
    ),
    wrong(
        "max_pool_backward",
        "a maximum over channels",
        Known("one winner for all channels"),
    ),
]

ANSWERS = [
    *EFFECTIVE,
    *SIZE,
    *SHAPE,
    *POOL_SHAPE,
    *TRACE,
    *PARAMETERS,
    *SOLVE,
    *TRANSPOSE,
    *FIELD,
    *OWN_NUMBERS,
    *CONV,
    *CONV_BACK,
    *POOLING,
    *POOLING_BACK,
    *FROM_THE_FIELD,
]
