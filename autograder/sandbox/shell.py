"""An IPython shell without a kernel: runs cells, keeps their outputs as nbformat data.

Used inside the sandbox for the student's cells, and on the trusted side for the lesson's source. It behaves as
a kernel's shell does (magics, ``!commands``, top-level await, rich display), but nothing is shown, asked or
remembered: output is kept up to a cap, input is refused, history is off.
"""

from __future__ import annotations

import base64
import linecache
import os
import sys
import tempfile
import traceback
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell

Output = dict[str, Any]
DEFAULT_CAP = 256 << 10
_PICTURES = ("image/png", "image/jpeg", "image/svg+xml", "application/pdf")
_FRAMES = 12


class Recorder:
    """The outputs of one cell, in order, up to a cap in bytes."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.left = DEFAULT_CAP
        self.dropped = 0
        self._pictures = True

    def start(self, cap: int, *, pictures: bool = True) -> None:
        """Forget what was recorded and begin anew with `cap` bytes."""
        self._pictures = pictures
        self.outputs = []
        self.left = cap
        self.dropped = 0

    def stream(self, name: str, text: str) -> None:
        """Record text written to stdout or stderr."""
        if not text:
            return
        keep = text[: max(self.left, 0)]
        self.left -= len(keep)
        self.dropped += len(text) - len(keep)
        if not keep:
            return
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last["output_type"] == "stream" and last["name"] == name:
            last["parts"].append(keep)
        else:
            self.outputs.append({"output_type": "stream", "name": name, "parts": [keep]})

    def rich(self, kind: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Record a display or a result; what does not fit is dropped and counted."""
        clean = {
            mime: _jsonable(value) for mime, value in data.items() if self._pictures or mime not in _PICTURES
        }
        clean.setdefault("text/plain", "<picture>" if len(clean) < len(data) else "")
        size = sum(len(v) if isinstance(v, str) else 100 for v in clean.values())
        if size > max(self.left, 4 << 20 if "image/png" in clean else 0):
            self.dropped += size
            return
        self.left -= 0 if "image/png" in clean else size
        record: Output = {
            "output_type": kind,
            "data": clean,
            "metadata": _alternatives(metadata, clean),
        }
        if kind == "execute_result":
            record["execution_count"] = None
        self.outputs.append(record)

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """Record the exception that ended the cell."""
        cut = [line[:20_000] for line in traceback[:200]]
        self.outputs.append(
            {"output_type": "error", "ename": name[:200], "evalue": value[:20_000], "traceback": cut}
        )

    def finish(self) -> list[Output]:
        """Return the outputs as nbformat data."""
        if self.dropped:
            self.left = 200
            note = f"\n[{self.dropped:,} more characters of output were dropped]\n"
            self.dropped = 0
            self.stream("stdout", note)
        for output in self.outputs:
            if "parts" in output:
                output["text"] = "".join(output.pop("parts"))
        return self.outputs


def _alternatives(metadata: dict[str, Any], data: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Keep of a display's metadata what a screen reader needs: the text that stands for a picture."""
    return {
        mime: {"alt": str(about["alt"])[:2000]}
        for mime, about in metadata.items()
        if mime in data and isinstance(about, dict) and "alt" in about
    }


def _jsonable(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value if isinstance(value, str) else str(value)


class _Stream:
    """Stands for sys.stdout or sys.stderr; also offers the descriptor below, for children."""

    encoding = "utf-8"
    errors = "replace"
    closed = False
    mode = "w"

    def __init__(self, recorder: Recorder, name: str, fd: int) -> None:
        self._recorder = recorder
        self.name = f"<{name}>"
        self._kind = name
        self._fd = fd
        self.buffer = _Bytes(self)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.stream(self._kind, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def fileno(self) -> int:
        return self._fd

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def isatty(self) -> bool:
        return False

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


class _Bytes:
    """The `buffer` of a stream, for code that writes bytes."""

    def __init__(self, text: _Stream) -> None:
        self._text = text

    def write(self, data: bytes) -> int:
        self._text.write(bytes(data).decode("utf-8", "replace"))
        return len(data)

    def flush(self) -> None: ...


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
        for mime in _PICTURES:
            formatters[mime].enabled = pictures
        with _captured(recorder):
            result = self.run_cell(source, store_history=False, silent=False)  # type: ignore[no-untyped-call]
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


class _captured:  # noqa: N801 - reads as a statement
    """sys.stdout and descriptors 1 and 2 point at the recorder while a cell runs."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def __enter__(self) -> None:
        self._saved = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
        self._below = []
        for fd, name in ((1, "stdout"), (2, "stderr")):
            spill = tempfile.TemporaryFile()
            saved = os.dup(fd)
            os.dup2(spill.fileno(), fd)
            self._below.append((fd, saved, spill, name))
        sys.stdout = _Stream(self._recorder, "stdout", 1)
        sys.stderr = _Stream(self._recorder, "stderr", 2)

    def __exit__(self, *_: object) -> None:
        sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = self._saved  # type: ignore[misc]
        for fd, saved, spill, name in self._below:
            os.dup2(saved, fd)
            os.close(saved)
            spill.seek(0)
            size = os.fstat(spill.fileno()).st_size
            text = spill.read(DEFAULT_CAP).decode("utf-8", "replace")
            spill.close()
            self._recorder.stream(name, text)
            self._recorder.dropped += max(size - DEFAULT_CAP, 0)


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
