"""The functions of pdfium that are called for each character and each object.

pypdfium2's own bindings check the type of every argument on every call; a page needs
thousands of calls. Here the same functions take plain addresses, at half the cost.
A handle is an int; 0 or None is no object.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import c_double, c_int, c_ulong, c_void_p
from typing import Any

import pypdfium2.raw as raw


def _bare(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(function, c_void_p).value
    call: Callable[..., Any] = ctypes.CFUNCTYPE(result, *arguments)(address or 0)
    return call


def handle(pointer: Any) -> int:
    """The address behind one of pypdfium2's handles."""
    return ctypes.cast(pointer, c_void_p).value or 0


def address(value: Any) -> int:
    """Where a ctypes value lies: what the functions here write into."""
    return ctypes.addressof(value)


_P = c_void_p

char_box = _bare(raw.FPDFText_GetCharBox, c_int, _P, c_int, _P, _P, _P, _P)
char_origin = _bare(raw.FPDFText_GetCharOrigin, c_int, _P, c_int, _P, _P)
char_matrix = _bare(raw.FPDFText_GetMatrix, c_int, _P, c_int, _P)
char_size = _bare(raw.FPDFText_GetFontSize, c_double, _P, c_int)
is_generated = _bare(raw.FPDFText_IsGenerated, c_int, _P, c_int)
is_hyphen = _bare(raw.FPDFText_IsHyphen, c_int, _P, c_int)
char_object = _bare(raw.FPDFText_GetTextObject, _P, _P, c_int)

count_objects = _bare(raw.FPDFPage_CountObjects, c_int, _P)
page_object = _bare(raw.FPDFPage_GetObject, _P, _P, c_int)
count_form_objects = _bare(raw.FPDFFormObj_CountObjects, c_int, _P)
form_object = _bare(raw.FPDFFormObj_GetObject, _P, _P, c_ulong)
object_type = _bare(raw.FPDFPageObj_GetType, c_int, _P)
object_matrix = _bare(raw.FPDFPageObj_GetMatrix, c_int, _P, _P)
object_bounds = _bare(raw.FPDFPageObj_GetBounds, c_int, _P, _P, _P, _P, _P)
fill_colour = _bare(raw.FPDFPageObj_GetFillColor, c_int, _P, _P, _P, _P, _P)
stroke_colour = _bare(raw.FPDFPageObj_GetStrokeColor, c_int, _P, _P, _P, _P, _P)
stroke_width = _bare(raw.FPDFPageObj_GetStrokeWidth, c_int, _P, _P)
text_mode = _bare(raw.FPDFTextObj_GetTextRenderMode, c_int, _P)

draw_mode = _bare(raw.FPDFPath_GetDrawMode, c_int, _P, _P, _P)
count_segments = _bare(raw.FPDFPath_CountSegments, c_int, _P)
path_segment = _bare(raw.FPDFPath_GetPathSegment, _P, _P, c_int)
segment_type = _bare(raw.FPDFPathSegment_GetType, c_int, _P)
segment_point = _bare(raw.FPDFPathSegment_GetPoint, c_int, _P, _P, _P)
segment_closes = _bare(raw.FPDFPathSegment_GetClose, c_int, _P)

clip_path = _bare(raw.FPDFPageObj_GetClipPath, _P, _P)
count_clip_paths = _bare(raw.FPDFClipPath_CountPaths, c_int, _P)
count_clip_segments = _bare(raw.FPDFClipPath_CountPathSegments, c_int, _P, c_int)
clip_segment = _bare(raw.FPDFClipPath_GetPathSegment, _P, _P, c_int, c_int)
