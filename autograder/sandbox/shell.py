"""An IPython shell without a kernel: runs cells, keeps their outputs as nbformat data.

Used inside the sandbox for the student's cells, and on the trusted side for the lesson's source. It behaves as
a kernel's shell does (magics, ``!commands``, top-level await, rich display), but nothing is shown, asked or
remembered: output is kept up to a cap, input is refused, history is off.
"""

from __future__ import annotations

import linecache
import sys
import traceback
from typing import TYPE_CHECKING, Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

from autograder.sandbox import plain
from autograder.sandbox.recorder import DEFAULT_CAP, PICTURES, Output, Recorder, captured

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType

_FRAMES = 12
_CELLS = 256  # of which the code is kept


class _Hook(DisplayHook):
    """Keeps a cell's last value as its execute_result."""

    shell: Any

    def write_output_prompt(self) -> None: ...

    def start_displayhook(self) -> None: ...

    def finish_displayhook(self) -> None: ...

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.shell.recorder.rich("execute_result", format_dict, md_dict or {})

    def log_output(self, format_dict: dict[str, Any]) -> None: ...


class _Publisher(DisplayPublisher):
    """Keeps what `display` shows."""

    shell: Any

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:  # noqa: ARG002
        self.shell.recorder.rich("display_data", data, metadata or {})

    def clear_output(self, wait: bool = False) -> None:  # noqa: ARG002 - IPython's signature
        self.shell.recorder.outputs.clear()


class Shell(InteractiveShell):
    """InteractiveShell that records instead of showing.

    Parameters
    ----------
    namespace
        The cells' globals; a dict that outlives the shell.
    singleton
        Whether `get_ipython()` finds this shell.
    """

    recorder: Recorder
    last_error: BaseException | None = None

    def __init__(self, **kwargs: Any) -> None:
        self.recorder = Recorder()
        kwargs.setdefault("displayhook_class", _Hook)
        kwargs.setdefault("display_pub_class", _Publisher)
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.db = {}  # what magics remember; IPython would keep it in a file
        self.raw_input = no_input
        self._defaults = plain.defaults(self)
        self._plain: dict[str, plain.Read] = {}  # cells by their text, as they were read
        self._ahead: dict[str, plain.Read] = {}  # that were read before anything ran
        self._flags = self.compile.flags  # of the compiler then

    def init_history(self) -> None:
        """Keep history in memory, without a database or its thread."""
        self.history_manager = HistoryManager(shell=self, parent=self, enabled=False)
        self.configurables.append(self.history_manager)  # type: ignore[arg-type]

    def atexit_operations(self) -> None:
        """Leave nothing behind at the end."""

    def enable_gui(self, gui: Any = None) -> None:
        """Accept ``%matplotlib inline`` without an event loop."""

    def ask_yes_no(self, prompt: str, default: Any = None, interrupt: Any = None) -> bool:  # noqa: ARG002
        """Answer every question of a magic with its default."""
        return bool(default)

    def system(self, cmd: str) -> None:
        """Run ``!cmd``; its output is drained from the descriptors below."""
        self.system_raw(cmd)  # type: ignore[no-untyped-call]

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Keep the exception with the lines of the cells it came through.

        Short on purpose: IPython's own costs a tenth of a second, and names the machine's folders.
        """
        kind, value, _frames = sys.exc_info()
        name = getattr(kind, "__name__", "Error")
        self.recorder.error(name, _text_of(value), _frames_of(value))

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        """Keep a syntax error with its line and the mark below it."""
        kind, value, _frames = sys.exc_info()
        lines = traceback.format_exception_only(kind, value)
        self.recorder.error(
            getattr(kind, "__name__", "Error"), _text_of(value), [line.rstrip("\n") for line in lines]
        )

    def showindentationerror(self) -> None:
        """Keep an indentation error like any other of syntax."""
        self.showsyntaxerror()

    def run_cell(self, raw_cell: str, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Run one cell; what is plain Python without IPython's reading of it, to the same effect."""
        found = None
        if not any(kwargs.values()) and not args and plain.defaults(self) == self._defaults:
            found = self._read_before(raw_cell) or plain.as_plain(self, raw_cell)
        if found is None:
            return super().run_cell(raw_cell, *args, **kwargs)  # type: ignore[no-untyped-call, no-any-return]
        if len(self._plain) < _CELLS:
            self._plain[raw_cell] = found
        info = ExecutionInfo(
            raw_cell,
            store_history=False,
            silent=False,
            shell_futures=True,
            cell_id=None,
            transformed_cell=found.text,
        )
        result = ExecutionResult(info)
        result.execution_count = self.execution_count
        try:
            self.events.trigger("pre_execute")
            self.events.trigger("pre_run_cell", info)
            with self.builtin_trap, self.display_trap:
                self.displayhook.exec_result = result
                try:
                    failed = any(self._executed(code, result) for code in found.codes)
                except BaseException as error:  # noqa: BLE001 - as IPython does, with what came out of its hands
                    result.error_in_exec, failed = error, True
                    self.showtraceback()
                self.last_execution_succeeded = not failed
                self.last_execution_result = result
                self.displayhook.exec_result = None
        finally:
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        return result

    def read_ahead(self, sources: Iterable[str]) -> None:
        """Read cells that every submission has, before it is forked for one; those for IPython are left to it."""
        found = {source: plain.as_plain(self, source) for source in sources}
        self._ahead = {source: read for source, read in found.items() if read is not None}
        self._flags = self.compile.flags

    def _read_before(self, raw_cell: str) -> plain.Read | None:
        """Return a cell as it was read ahead, where it would be read like this now."""
        read = self._ahead.get(raw_cell)
        is_so = (
            read is not None
            and self.compile.flags == self._flags
            and plain.text_of(self, raw_cell) == read.text
        )
        return read if is_so else None

    def _executed(self, code: CodeType, result: ExecutionResult) -> bool:
        """Execute one piece of code with IPython's own handling of what it raises; return whether it raised."""
        try:
            self.run_code(code, result).send(None)  # type: ignore[no-untyped-call]
        except StopIteration as end:
            return bool(end.value)
        raise RuntimeError("the code waits for something")

    def code_of(self, source: str) -> CodeType:
        """Return the code of a cell that is run again, with nothing shown: from the first time, if that is kept."""
        read = self._plain.get(source)
        if read is not None and read.whole is not None:
            return read.whole
        text = self.transform_cell(source) if read is None else read.text  # type: ignore[no-untyped-call]
        return compile(text, "<ipython-input>", "exec", dont_inherit=True)

    def change_nothing(self, sources: list[str]) -> bool:
        """Whether cells would change nothing if they were run again, whatever else their functions call by then."""
        return all(plain.is_as_defined(self._plain.get(source), self.user_ns) for source in sources)

    def run(
        self, source: str, cap: int = DEFAULT_CAP, *, pictures: bool = False
    ) -> tuple[bool, list[Output]]:
        """Run one cell; return whether it ended without an error, and its outputs.

        A picture left open is drawn only if `pictures` is true: drawing costs more than most cells.
        """
        recorder = self.recorder
        recorder.start(cap, pictures=pictures)
        self.last_error = None
        formatters = self.display_formatter.formatters if self.display_formatter else {}
        for mime in PICTURES:
            if formatters[mime].enabled is not pictures:
                formatters[mime].enabled = pictures
        with captured(recorder):
            result = self.run_cell(source)
            _close_figures(recorder, draw=pictures)
        self.last_error = result.error_in_exec or result.error_before_exec
        return bool(result.success), recorder.finish()


def no_input(prompt: object = "") -> str:  # noqa: ARG001 - the signature of input()
    """Refuse to ask: stands where `input` is."""
    raise StdinNotImplementedError(
        "nobody is there to answer: input() does not work while a notebook is graded"
    )


def _frames_of(error: BaseException | None) -> list[str]:
    """Return a traceback's lines: those of cells with their code, others by the file's last two names."""
    lines: list[str] = []
    steps = list(traceback.walk_tb(error.__traceback__ if error is not None else None))
    steps = [
        (f, n)
        for f, n in steps
        if "/autograder/" not in f.f_code.co_filename and "/IPython/" not in f.f_code.co_filename
    ]
    for frame, number in steps[-_FRAMES:]:
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        if "ipython-input" in file or "ipykernel" in file:
            lines.append(f"in this notebook, line {number}" + (f" of {name}" if name != "<module>" else ""))
            code = linecache.getline(file, number).strip()
            lines += [f"----> {number} {code}"] if code else []
        else:
            lines.append(f"{'/'.join(file.split('/')[-2:])}, line {number} of {name}")
    return [*lines, f"{type(error).__name__}: {_text_of(error)}"]


def _text_of(value: Any) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - a student's __str__ may do anything
        return "<an exception that cannot be shown>"


def _close_figures(recorder: Recorder, *, draw: bool) -> None:
    """Show the open Matplotlib figures as the inline backend would, and close them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not pyplot.get_fignums():
        return
    import io  # noqa: PLC0415 - only where a figure is open

    try:
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            data: dict[str, Any] = {"text/plain": repr(figure)}
            if draw:
                raw = io.BytesIO()
                figure.savefig(raw, format="png", bbox_inches="tight")
                data["image/png"] = raw.getvalue()
            recorder.rich("display_data", data, {})
    except Exception as error:  # noqa: BLE001 - a student's figure may fail to draw in any way
        recorder.stream(
            "stderr", f"a figure could not be drawn: {type(error).__name__}: {_text_of(error)[:500]}\n"
        )
    finally:
        pyplot.close("all")
