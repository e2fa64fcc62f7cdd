"""The instructions of Python's byte code that store to a function's own variables alone.

Used by `purity`, which tells functions that leave no trace from all others.
"""

from __future__ import annotations

import dis
from types import CodeType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Instructions of Python 3.11 to 3.14 that store to locals and to parts of values at most; one that is not known here is
# not among them. Of the intrinsics, all that a function's body can have are harmless: `import *` is a module's alone.
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
    CHECK_EXC_MATCH POP_EXCEPT RERAISE RETURN_GENERATOR YIELD_VALUE SEND GET_YIELD_FROM_ITER BEFORE_WITH
    WITH_EXCEPT_START IMPORT_NAME IMPORT_FROM MATCH_SEQUENCE MATCH_MAPPING MATCH_KEYS BINARY_SLICE STORE_SLICE
    CALL_INTRINSIC_1 CALL_KW TO_BOOL RETURN_CONST END_FOR END_SEND POP_ITER CLEANUP_THROW NOT_TAKEN CONVERT_VALUE
    FORMAT_SIMPLE FORMAT_WITH_SPEC SET_FUNCTION_ATTRIBUTE POP_JUMP_IF_FALSE POP_JUMP_IF_TRUE POP_JUMP_IF_NONE
    POP_JUMP_IF_NOT_NONE LOAD_FAST_CHECK LOAD_FAST_AND_CLEAR LOAD_FAST_BORROW LOAD_FAST_LOAD_FAST
    LOAD_FAST_BORROW_LOAD_FAST_BORROW STORE_FAST_LOAD_FAST STORE_FAST_STORE_FAST LOAD_SMALL_INT LOAD_COMMON_CONSTANT
    LOAD_SPECIAL
"""
_ALLOWED = frozenset(dis.opmap[name] for name in _NAMES.split() if name in dis.opmap)
_WITH, _YIELD, _IMPORT, _STORE_OUTER = (
    dis.opmap[name]
    for name in (
        "BEFORE_WITH" if "BEFORE_WITH" in dis.opmap else "LOAD_SPECIAL",
        "YIELD_VALUE",
        "IMPORT_NAME",
        "STORE_DEREF",
    )
)


def codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a code and all code in it."""
    yield code
    for part in code.co_consts:
        if type(part) is CodeType:
            yield from codes(part)


def are_plain(code: CodeType, outer: frozenset[str], is_there: Callable[[str], bool]) -> bool:
    """Whether code stores to its own variables alone.

    Parameters
    ----------
    code
        Its own instructions are looked at, not those of code in it.
    outer
        The variables that it has from around its function.
    is_there
        Whether importing a module is looking it up.
    """
    used = set(code.co_code[::2])
    if not used <= _ALLOWED or (_WITH in used and _YIELD in used):  # a setting that a generator leaves set
        return False
    if _IMPORT in used or (outer and _STORE_OUTER in used):
        for step in dis.get_instructions(code):
            if step.opcode == _IMPORT and not is_there(step.argval):
                return False
            if step.opcode == _STORE_OUTER and step.argval in outer:
                return False
    return True
