"""The shell of the trusted side: it runs the same cells for every submission, so each is read and compiled once.

What a cell does is the same as in IPython's own `run_cell`: statement by statement, the last expression shown. Cells
that await at their top level, and whatever cannot be compiled, are left to that.
"""

from __future__ import annotations

import ast
import bdb
import inspect
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import ExecutionResult

from autograder.grading.trees import forget, tree_of
from autograder.sandbox import plain
from autograder.sandbox.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType

    _Codes = list[tuple[CodeType, bool]]  # of each statement, and whether its value is shown
    _Kept = tuple[dict[str, str], dict[str, _Codes | None]]  # cells as read and as compiled, by their text

_PLAIN = (int, float)  # shown as `repr` has them


class TrustedShell(Shell):
    """Keeps the code of each cell that it has run; forks inherit it.

    Parameters
    ----------
    first
        One that has run the same cells, whose code is taken over.
    """

    def __init__(self, first: TrustedShell | None = None) -> None:
        self.done = 0  # statements that a cell has come through, the most since it was set to none
        self.kept: _Kept = ({}, {}) if first is None else first.kept
        self._read, self._compiled = self.kept
        super().__init__()

    def remember(self) -> None:
        """Take what is bound now, and what was shown so far, as what every submission begins with."""
        hook = self.displayhook
        self._bound = dict(self.user_ns), dict(self.user_ns["_oh"]), dict(self.user_ns_hidden)
        self._shown = {name: getattr(hook, name) for name in ("_", "__", "___")}
        forget()  # all is compiled

    def begin_again(self) -> None:
        """Bring back what was remembered: bindings, and not what they lead to."""
        now = self.user_ns, self.user_ns["_oh"], self.user_ns_hidden
        for names, before in zip(now, self._bound, strict=True):
            names.clear()
            names.update(before)
        vars(self.displayhook).update(self._shown)
        self.last_error = None

    @property
    def codes(self) -> dict[str, list[CodeType]]:
        """The code of the cells that it has run, by their text; none for those that it left to IPython."""
        return {
            cell: [code for code, _ in codes] for cell, codes in self._compiled.items() if codes is not None
        }

    def transform_cell(self, raw_cell: str) -> str:
        """Return the cell as Python, from the last time if there was one."""
        if raw_cell not in self._read:
            text = self._python(raw_cell)
            self._read[raw_cell] = super().transform_cell(raw_cell) if text is None else text  # type: ignore[no-untyped-call]
        return self._read[raw_cell]

    def _python(self, raw_cell: str) -> str | None:
        """Return a cell that is Python as it stands, without IPython's look at each of its tokens."""
        text = plain.text_of(self, raw_cell) if plain.defaults(self) == self._defaults else None
        return None if text is None or tree_of(text) is None else text

    def run_cell(self, raw_cell: str, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Run one cell; see `Shell.run`, which calls this."""
        if raw_cell not in self._compiled:
            self._compiled[raw_cell] = self._compile(raw_cell)
        codes = self._compiled[raw_cell]
        if codes is None or self.ast_transformers:
            return super().run_cell(raw_cell, *args, **kwargs)
        result = ExecutionResult(None)
        self.events.trigger("pre_execute")
        self.events.trigger("pre_run_cell", result.info)
        self.displayhook.exec_result = result
        try:
            with self.builtin_trap, self.display_trap:
                self._execute(codes, result)
        finally:
            self.displayhook.exec_result = None
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        return result

    def run_statements(
        self, raw_cell: str, numbers: Iterable[int], namespace: dict[str, Any] | None = None
    ) -> None:
        """Run some statements, none of which shows anything, of a cell that was compiled here."""
        codes = self._compiled[raw_cell] or []
        space = self.user_ns if namespace is None else namespace
        with self.builtin_trap:
            for number in numbers:
                exec(codes[number][0], space, space)  # noqa: S102 - the lesson's own cell

    def _compile(self, raw_cell: str) -> list[tuple[CodeType, bool]] | None:
        """Return the code of each statement, and whether its value is shown; None where IPython is to see to it."""
        try:
            cell = self.transform_cell(raw_cell)
            name = self.compile.cache(cell, self.execution_count, raw_code=raw_cell)
            tree: Any = tree_of(cell) or self.compile.ast_parse(cell, filename=name)
            nodes = tree.body
            codes = []
            for node in nodes:
                shown = node is nodes[-1] and isinstance(node, ast.Expr) and not cell.rstrip().endswith(";")
                part = (
                    ast.Expression(node.value)
                    if shown and isinstance(node, ast.Expr)
                    else ast.Module([node], [])
                )
                with self.compile.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
                    code = self.compile(part, name, "eval" if shown else "exec")  # type: ignore[arg-type]
                if code.co_flags & inspect.CO_COROUTINE:
                    return None
                codes.append((code, shown))
        except Exception:  # noqa: BLE001 - IPython has words for it
            return None
        return codes

    def _execute(self, codes: list[tuple[CodeType, bool]], result: ExecutionResult) -> None:
        done = 0
        try:
            for code, shown in codes:
                if shown:
                    self._show(eval(code, self.user_global_ns, self.user_ns))  # noqa: S307 - the lesson's own cell
                else:
                    exec(code, self.user_global_ns, self.user_ns)  # noqa: S102 - the lesson's own cell
                done += 1
        except bdb.BdbQuit as error:
            result.error_in_exec = error
        except BaseException as error:  # noqa: BLE001 - a cell may be ended by anything, and the next one runs
            result.error_in_exec = error
            self.showtraceback()
        finally:
            self.done = max(self.done, done)

    def _show(self, value: Any) -> None:
        """Show a cell's last value; a number of points, as most are, without asking every formatter."""
        hook = self.displayhook
        text = self.display_formatter.formatters["text/plain"] if self.display_formatter else None
        if type(value) not in _PLAIN or text is None or text.float_format != "%r":
            hook(value)
            return
        hook.update_user_ns(value)
        hook.fill_exec_result(value)
        hook.write_format_data({"text/plain": repr(value)}, {})
