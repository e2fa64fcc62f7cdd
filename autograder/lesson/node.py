"""Notebooks as dicts with attributes, read and written as nbformat does, without what nbformat takes to import.

nbformat checks a notebook against a schema each time it reads or writes one, and copies it whole. Here it is taken
as it is: what students hand in is set right by `autograder.grading.reading`, and tests check with nbformat what is
written. To a type checker and to other packages a `Node` is nbformat's ``NotebookNode``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from nbformat import NotebookNode

    Node = NotebookNode
else:

    class Node(dict):
        """A dict whose items are attributes too; dicts that are put into it become such."""

        __slots__ = ()

        def __getattr__(self, name: str) -> Any:
            try:
                return self[name]
            except KeyError:
                raise AttributeError(name) from None

        def __setattr__(self, name: str, value: Any) -> None:
            self[name] = value

        def __delattr__(self, name: str) -> None:
            try:
                del self[name]
            except KeyError:
                raise AttributeError(name) from None

        def __setitem__(self, name: str, value: Any) -> None:
            dict.__setitem__(self, name, from_dict(value) if type(value) is dict else value)

        def __deepcopy__(self, _memo: Any) -> Node:
            return copied(self)

        def __reduce__(self) -> Any:
            return Node, (dict(self),)


_PLAIN = frozenset({str, int, float, bool, type(None)})
_TRANSIENT = ("orig_nbformat", "orig_nbformat_minor", "signature")
_encode = msgspec.json.Encoder(order="sorted").encode
_SPLIT = frozenset({"application/javascript", "image/svg+xml"})


def from_dict(value: Any) -> Any:
    """Return JSON data with a `Node` for each dict in it."""
    if isinstance(value, dict):
        return Node({key: item if type(item) in _PLAIN else from_dict(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [item if type(item) in _PLAIN else from_dict(item) for item in value]
    return value


def copied(value: Any) -> Any:
    """Return a copy of JSON data, a `Node` for each dict in it, that shares nothing that can be changed."""
    return from_dict(value)


def new_cell(kind: str, source: str, **fields: Any) -> Node:
    """Return a cell; of code, without outputs."""
    cell = Node({"cell_type": kind, "metadata": Node(), "source": source, **fields})
    if kind == "code":
        cell.outputs, cell.execution_count = [], None
    return cell


def reads(data: str | bytes) -> Node:
    """Read a notebook that one of our own programs or its author wrote.

    One of an older format, or with a form that is not the format's, is left to nbformat.
    """
    found = json.loads(data, object_hook=Node)
    if found.get("nbformat") != 4 or not isinstance(found.get("cells"), list):  # noqa: PLR2004
        import nbformat  # noqa: PLC0415 - seldom needed, slow to import

        text = data if isinstance(data, str) else data.decode()
        return nbformat.reads(text, as_version=4)  # type: ignore[no-any-return]
    for cell in found.cells:
        _join(cell, "source")
        for attached in cell.get("attachments", {}).values():
            _join_bundle(attached)
        for output in cell.get("outputs", ()):
            if output.output_type in {"execute_result", "display_data"}:
                _join_bundle(output.get("data", {}))
            else:
                _join(output, "text")
    return _without_transient(found)


def _join(holder: Node, key: str) -> None:
    if isinstance(holder.get(key), list):
        holder[key] = "".join(holder[key])


def _join_bundle(bundle: Node) -> None:
    for mime, value in bundle.items():
        json_mime = mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))
        if not json_mime and isinstance(value, list) and all(isinstance(line, str) for line in value):
            bundle[mime] = "".join(value)


def _without_transient(notebook: Node) -> Node:
    for name in _TRANSIENT:
        notebook.metadata.pop(name, None)
    for cell in notebook.cells:
        cell.metadata.pop("trusted", None)
    return notebook


def writes(notebook: Node) -> str:
    """Return a notebook as the text of its file, to the byte what nbformat writes.

    Only numbers may be spelt otherwise: 1e16 for 1e+16, and null for the NaN and Infinity that JSON does not have.
    """
    about = {name: value for name, value in notebook.metadata.items() if name not in _TRANSIENT}
    whole = {**notebook, "metadata": about, "cells": [_split_cell(cell) for cell in notebook.cells]}
    return msgspec.json.format(_encode(whole), indent=1).decode()


def _split_cell(cell: Node) -> dict[str, Any]:
    split = dict(cell)
    split["source"] = _lines(cell.source)
    split["metadata"] = {name: value for name, value in cell.metadata.items() if name != "trusted"}
    if cell.get("attachments"):
        split["attachments"] = {name: _split_bundle(bundle) for name, bundle in cell.attachments.items()}
    if cell.cell_type == "code":
        split["outputs"] = [_split_output(output) for output in cell.outputs]
    return split


def _split_output(output: Node) -> dict[str, Any]:
    split = dict(output)
    if output["output_type"] in {"execute_result", "display_data"}:
        split["data"] = _split_bundle(output.get("data", {}))
    elif output["output_type"] == "stream":
        split["text"] = _lines(output["text"])
    return split


def _split_bundle(bundle: Node) -> dict[str, Any]:
    return {
        mime: _lines(value) if mime.startswith("text/") or mime in _SPLIT else value
        for mime, value in bundle.items()
    }


def _lines(text: Any) -> Any:
    return text.splitlines(keepends=True) if isinstance(text, str) else text
