"""Functions that leave no trace, told by their bytecode; and cells that do nothing but define such things.

A test gets a fork of its own, so that no test feels what another did. Where all that a test can call leaves no trace
whatever it is called with, the next test may go on with the same fork. What is not known to leave none, does: this
is about telling plain homework, `def relu(x): return np.maximum(x, 0)`, from everything else.

It runs beside student code, and is no part of the wall: whoever has it lie changes their own tests alone, and could
have left a file behind for them all the same.
"""

from __future__ import annotations

import ast
import builtins
import cmath
import collections
import dis
import functools
import itertools
import math
import operator
import string
import types
from typing import Any

import numpy as np

_MODULES = (np, math, cmath, itertools, functools, operator, collections, string)  # that keep no state
_IMPORTED = frozenset(module.__name__ for module in _MODULES)
_CONSTANT = frozenset({type(None), bool, int, float, complex, str, bytes})
_AS_IMPORTED = [(room, dict(vars(room))) for room in (*_MODULES, np.linalg, np.fft, builtins)]
_HOLDING = frozenset({dict, list, set, types.ModuleType})
_BUILTINS = frozenset(
    """
    abs all any bin bool bytes chr complex dict divmod enumerate filter float format frozenset hash hex int isinstance
    issubclass len list map max min oct ord pow print range repr reversed round set slice sorted str sum tuple zip
    True False None NotImplemented Ellipsis
    """.split()  # noqa: SIM905 - read as the words they are
) | {name for name in dir(builtins) if name.endswith("Error")}
# Of NumPy: what sets something for the calls to come, and rooms where such things are.
_TELLING = frozenset(
    """
    random seed seterr seterrcall seterrobj setbufsize set_printoptions set_string_function set_numeric_ops testing lib
    core ctypeslib f2py distutils rec char ma matrixlib polynomial emath exceptions dtypes strings typing test memmap
    fromfile tofile save savez savez_compressed savetxt load loadtxt genfromtxt dump ctypes setflags
    """.split()  # noqa: SIM905
)
_ROOMS = frozenset({"linalg", "fft"})  # of NumPy, that keep nothing
# Instructions that store to locals and to parts of values at most; one that is not known here is not among them.
_NAMES = """
    CACHE POP_TOP PUSH_NULL NOP UNARY_POSITIVE UNARY_NEGATIVE UNARY_NOT UNARY_INVERT BINARY_OP BINARY_SUBSCR STORE_SUBSCR
    DELETE_SUBSCR GET_LEN GET_ITER FOR_ITER LIST_TO_TUPLE RETURN_VALUE RESUME LOAD_CONST BUILD_TUPLE BUILD_LIST BUILD_SET
    BUILD_MAP BUILD_CONST_KEY_MAP BUILD_STRING BUILD_SLICE LOAD_ATTR LOAD_METHOD COMPARE_OP JUMP_FORWARD JUMP_BACKWARD
    JUMP_BACKWARD_NO_INTERRUPT JUMP_IF_FALSE_OR_POP JUMP_IF_TRUE_OR_POP POP_JUMP_FORWARD_IF_FALSE
    POP_JUMP_FORWARD_IF_TRUE POP_JUMP_FORWARD_IF_NONE POP_JUMP_FORWARD_IF_NOT_NONE POP_JUMP_BACKWARD_IF_FALSE
    POP_JUMP_BACKWARD_IF_TRUE POP_JUMP_BACKWARD_IF_NONE POP_JUMP_BACKWARD_IF_NOT_NONE LOAD_GLOBAL IS_OP CONTAINS_OP
    LOAD_FAST STORE_FAST DELETE_FAST RAISE_VARARGS LOAD_ASSERTION_ERROR CALL PRECALL KW_NAMES CALL_FUNCTION_EX SWAP COPY
    LIST_APPEND SET_ADD MAP_ADD LIST_EXTEND SET_UPDATE DICT_MERGE DICT_UPDATE UNPACK_SEQUENCE UNPACK_EX FORMAT_VALUE
    MAKE_FUNCTION EXTENDED_ARG MAKE_CELL LOAD_CLOSURE LOAD_DEREF STORE_DEREF COPY_FREE_VARS PUSH_EXC_INFO
    CHECK_EXC_MATCH POP_EXCEPT RERAISE RETURN_GENERATOR YIELD_VALUE
"""
_ALLOWED = frozenset(dis.opmap[name] for name in _NAMES.split() if name in dis.opmap)


def traceless(functions: dict[str, types.FunctionType], namespace: dict[str, Any]) -> list[str]:
    """Return the names of those functions, of a notebook's own namespace, whose calls change nothing that stays."""
    known: set[int] = set()
    return [name for name, function in functions.items() if _leaves_none(function, namespace, known)]


def _leaves_none(function: types.FunctionType, namespace: dict[str, Any], known: set[int]) -> bool:
    """Whether this function, and all that it can call, changes nothing that stays; `known` has those of which it is so."""
    waiting, seen = [function], set(known)
    while waiting:
        function = waiting.pop()
        if id(function) in seen:
            continue
        seen.add(id(function))
        given = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
        if (
            function.__globals__ is not namespace
            or function.__closure__
            or function.__dict__
            or any(type(value) not in _CONSTANT for value in given)
        ):
            return False
        codes = [function.__code__]
        while codes:
            code = codes.pop()
            if not set(code.co_code[::2]) <= _ALLOWED:
                return False
            codes += [part for part in code.co_consts if type(part) is types.CodeType]
            for name in code.co_names:
                value = namespace.get(name, namespace)
                if type(value) is types.FunctionType:
                    waiting.append(value)
                elif not _is_harmless(name, value, absent=value is namespace):
                    return False
    known |= seen
    return True


def _is_harmless(name: str, value: Any, *, absent: bool) -> bool:
    """Whether a name in a function's code stands for nothing that keeps a state, as a global and as an attribute."""
    if name.startswith("_") or name in _TELLING:
        return False
    if type(vars(np).get(name)) in _HOLDING and name not in _ROOMS:
        return False
    if any(vars(room).get(name) is not was.get(name) for room, was in _AS_IMPORTED):
        return False  # the notebook put something in its place
    if not absent:
        return type(value) in _CONSTANT or any(value is module for module in _MODULES)
    return name in _BUILTINS or not hasattr(builtins, name)


def only_defines(nodes: list[ast.stmt]) -> bool:
    """Whether a cell defines functions, binds constants and imports NumPy, so that it may as well be run again."""
    return all(map(_defines, nodes))


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef):
        told = node.args
        each = [*told.posonlyargs, *told.args, *told.kwonlyargs, *filter(None, (told.vararg, told.kwarg))]
        given = [*told.defaults, *filter(None, told.kw_defaults)]
        hints = [*(arg.annotation for arg in each), node.returns]
        return not node.decorator_list and not any(hints) and all(map(_is_literal, given))
    if isinstance(node, ast.Assign):
        return _is_literal(node.value) and all(isinstance(to, ast.Name) for to in node.targets)
    if isinstance(node, ast.Import):
        return all(alias.name in _IMPORTED for alias in node.names)
    return isinstance(node, ast.Pass)


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return all(map(_is_literal, node.elts))
    if isinstance(node, ast.Dict):
        return all(key is not None and _is_literal(key) for key in node.keys) and all(
            map(_is_literal, node.values)
        )
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)
    return isinstance(node, ast.Constant)
