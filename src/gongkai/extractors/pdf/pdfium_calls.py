"""The functions of pdfium that gongkai calls for each character and each object.

pypdfium2's own bindings check the type of every argument and release the interpreter's lock
on every call, and a page needs thousands of calls. The same functions here check nothing and
keep the lock, at less than half the cost. So an argument must be an int that fits C's, a
Handle, or a result of ``handle`` or ``out``; anything else crashes the process.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import c_double, c_float, c_int, c_void_p
from typing import Any

import pypdfium2.raw as raw


class Handle(c_void_p):
    """An object of pdfium; false where there is none."""


def _unchecked(function: Any, result: Any) -> Callable[..., Any]:
    address = ctypes.cast(function, c_void_p).value
    call: Callable[..., Any] = ctypes.PYFUNCTYPE(result)(address or 0)
    return call


def handle(pointer: Any) -> Any:
    """A handle of pypdfium2 as an argument for the functions here."""
    return c_void_p.from_param(ctypes.cast(pointer, c_void_p).value)


def out(value: Any) -> Any:
    """A ctypes value as an argument into which the functions here write."""
    return ctypes.byref(value)


def out_array(kind: type[c_double] | type[c_float], count: int) -> tuple[memoryview[float], Any]:
    """Numbers into which functions write: a view of them, and one argument for each.

    A function that writes a structure of all numbers takes the first argument only.
    """
    array = (kind * count)()
    size = ctypes.sizeof(kind)
    view = memoryview(array).cast("B").cast("d" if kind is c_double else "f")
    return view, tuple(ctypes.byref(array, k * size) for k in range(count))


char_box = _unchecked(raw.FPDFText_GetCharBox, c_int)
char_origin = _unchecked(raw.FPDFText_GetCharOrigin, c_int)
char_matrix = _unchecked(raw.FPDFText_GetMatrix, c_int)
char_size = _unchecked(raw.FPDFText_GetFontSize, c_double)
is_generated = _unchecked(raw.FPDFText_IsGenerated, c_int)
is_hyphen = _unchecked(raw.FPDFText_IsHyphen, c_int)
char_object = _unchecked(raw.FPDFText_GetTextObject, Handle)

count_objects = _unchecked(raw.FPDFPage_CountObjects, c_int)
page_object = _unchecked(raw.FPDFPage_GetObject, Handle)
count_form_objects = _unchecked(raw.FPDFFormObj_CountObjects, c_int)
form_object = _unchecked(raw.FPDFFormObj_GetObject, Handle)
object_type = _unchecked(raw.FPDFPageObj_GetType, c_int)
object_matrix = _unchecked(raw.FPDFPageObj_GetMatrix, c_int)
object_bounds = _unchecked(raw.FPDFPageObj_GetBounds, c_int)
fill_colour = _unchecked(raw.FPDFPageObj_GetFillColor, c_int)
stroke_colour = _unchecked(raw.FPDFPageObj_GetStrokeColor, c_int)
stroke_width = _unchecked(raw.FPDFPageObj_GetStrokeWidth, c_int)
text_mode = _unchecked(raw.FPDFTextObj_GetTextRenderMode, c_int)

draw_mode = _unchecked(raw.FPDFPath_GetDrawMode, c_int)
count_segments = _unchecked(raw.FPDFPath_CountSegments, c_int)
path_segment = _unchecked(raw.FPDFPath_GetPathSegment, Handle)
segment_type = _unchecked(raw.FPDFPathSegment_GetType, c_int)
segment_point = _unchecked(raw.FPDFPathSegment_GetPoint, c_int)
segment_closes = _unchecked(raw.FPDFPathSegment_GetClose, c_int)

clip_path = _unchecked(raw.FPDFPageObj_GetClipPath, Handle)
count_clip_paths = _unchecked(raw.FPDFClipPath_CountPaths, c_int)
count_clip_segments = _unchecked(raw.FPDFClipPath_CountPathSegments, c_int)
clip_segment = _unchecked(raw.FPDFClipPath_GetPathSegment, Handle)
