"""The functions of pdfium that are called for each character and each object.

pypdfium2's own bindings look at the type of every argument on every call and let go of the
interpreter's lock; a page needs thousands of calls. Here the same functions take what is
ready to be handed over, and no look is taken: less than half the cost. So an argument must
be an int that fits C's, a Handle, or what handle() and into() give; anything else is a crash.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import c_double, c_float, c_int, c_void_p
from typing import Any

import pypdfium2.raw as raw


class Handle(c_void_p):
    """An object of pdfium; false where there is none."""


def _bare(function: Any, result: Any) -> Callable[..., Any]:
    address = ctypes.cast(function, c_void_p).value
    call: Callable[..., Any] = ctypes.PYFUNCTYPE(result)(address or 0)
    return call


def handle(pointer: Any) -> Any:
    """One of pypdfium2's handles, as an argument of the functions here."""
    return c_void_p.from_param(ctypes.cast(pointer, c_void_p).value)


def into(value: Any) -> Any:
    """A ctypes value as an argument: what the functions here write into."""
    return ctypes.byref(value)


def numbers(kind: type[c_double] | type[c_float], count: int) -> tuple[memoryview[float], Any]:
    """Numbers that functions write: a view of them, and the arguments, one for each.

    The first argument stands for all of them where a function writes a structure.
    """
    array = (kind * count)()
    size = ctypes.sizeof(kind)
    view = memoryview(array).cast("B").cast("d" if kind is c_double else "f")
    return view, tuple(ctypes.byref(array, k * size) for k in range(count))


char_box = _bare(raw.FPDFText_GetCharBox, c_int)
char_origin = _bare(raw.FPDFText_GetCharOrigin, c_int)
char_matrix = _bare(raw.FPDFText_GetMatrix, c_int)
char_size = _bare(raw.FPDFText_GetFontSize, c_double)
is_generated = _bare(raw.FPDFText_IsGenerated, c_int)
is_hyphen = _bare(raw.FPDFText_IsHyphen, c_int)
char_object = _bare(raw.FPDFText_GetTextObject, Handle)

count_objects = _bare(raw.FPDFPage_CountObjects, c_int)
page_object = _bare(raw.FPDFPage_GetObject, Handle)
count_form_objects = _bare(raw.FPDFFormObj_CountObjects, c_int)
form_object = _bare(raw.FPDFFormObj_GetObject, Handle)
object_type = _bare(raw.FPDFPageObj_GetType, c_int)
object_matrix = _bare(raw.FPDFPageObj_GetMatrix, c_int)
object_bounds = _bare(raw.FPDFPageObj_GetBounds, c_int)
fill_colour = _bare(raw.FPDFPageObj_GetFillColor, c_int)
stroke_colour = _bare(raw.FPDFPageObj_GetStrokeColor, c_int)
stroke_width = _bare(raw.FPDFPageObj_GetStrokeWidth, c_int)
text_mode = _bare(raw.FPDFTextObj_GetTextRenderMode, c_int)

draw_mode = _bare(raw.FPDFPath_GetDrawMode, c_int)
count_segments = _bare(raw.FPDFPath_CountSegments, c_int)
path_segment = _bare(raw.FPDFPath_GetPathSegment, Handle)
segment_type = _bare(raw.FPDFPathSegment_GetType, c_int)
segment_point = _bare(raw.FPDFPathSegment_GetPoint, c_int)
segment_closes = _bare(raw.FPDFPathSegment_GetClose, c_int)

clip_path = _bare(raw.FPDFPageObj_GetClipPath, Handle)
count_clip_paths = _bare(raw.FPDFClipPath_CountPaths, c_int)
count_clip_segments = _bare(raw.FPDFClipPath_CountPathSegments, c_int)
clip_segment = _bare(raw.FPDFClipPath_GetPathSegment, Handle)
