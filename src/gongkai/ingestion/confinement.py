"""Take away from a reading process what reading a file does not need.

A file may exploit an error in a library that reads it, and then runs with the rights of the
process. On Linux, two functions of the kernel limit them, and neither can be undone:

- Landlock: the process makes, changes and deletes files only in its scratch folder, starts no
  program, opens no TCP connection (Linux 6.7) and sends no signal to other processes (6.12).
- seccomp: it opens no socket, starts no process, and traces none; it changes no owner, mode,
  time or attribute of a file.

It still reads the files that the user can read. Other systems have only limits for files' sizes
and for core dumps. ctypes calls the kernel, since the packages on PyPI for this are not maintained.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import struct
import sys
import tempfile
from pathlib import Path

_MAX_FILE = 512 * 2**20  # bytes; a page as an image has up to 100 MB

# Rights on files by bit: execute, write, read, list, remove folders and files, make seven
# kinds; then move between folders, truncate and use devices, with the version that added each.
_FS_RIGHTS = 0b1_1111_1111_0011  # without reading and listing
_LATER_RIGHTS = ((2, 1 << 13), (3, 1 << 14), (5, 1 << 15))
_EXECUTE, _ON_A_FILE = 1, 1 << 1 | 1 << 14  # of these, to write and to truncate
_NET_VERSION, _NET_RIGHTS = 4, 0b11  # bind and connect
_SCOPE_VERSION, _SCOPES = 6, 0b11  # abstract sockets and signals, to other processes
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # on every architecture
_BENEATH_PATH = 1
_SET_NO_NEW_PRIVS = 38  # prctl
_SET_SECCOMP, _FILTER = 22, 2

# For each machine: its number for seccomp, the numbers of clone and tgkill, which are allowed for
# threads of the process itself, and those of the system calls that are refused.
_CLONE3 = 435
_EVERYWHERE = (
    424, 425, 426, 427, 438, 452,  # pidfd_send_signal, io_uring_*, pidfd_getfd, fchmodat2
)  # fmt: skip
_MACHINES = {
    "x86_64": (
        0xC000003E, 56, 234,
        (
            41, 42, 49, 50,  # socket, connect, bind, listen
            57, 58, 59, 322,  # fork, vfork, execve, execveat
            62, 129, 200, 297,  # kill, rt_sigqueueinfo, tkill, rt_tgsigqueueinfo
            101, 310, 311, 298, 321, 323,  # ptrace, process_vm_*, perf events, bpf, userfaultfd
            90, 91, 268, 92, 93, 94, 260,  # modes and owners
            132, 235, 261, 280,  # utime, utimes, futimesat, utimensat
            188, 189, 190, 197, 198, 199,  # setxattr and removexattr
            248, 249, 250, 272, 308,  # add_key, request_key, keyctl, unshare, setns
        ),
    ),
    "aarch64": (
        0xC00000B7, 220, 131,
        (
            198, 203, 200, 201,
            221, 281,
            129, 138, 130, 240,
            117, 270, 271, 241, 280, 282,
            52, 53, 54, 55,
            88,
            5, 6, 7, 14, 15, 16,
            217, 218, 219, 97, 268,
        ),
    ),
}  # fmt: skip
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000  # the lower half of a refusal is the error number
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # places in the data that a filter sees
_X32 = 0x40000000  # the bit of a second set of system calls
_CLONE_THREAD = 0x10000


def confine(scratch: Path) -> tuple[str, ...]:
    """Confine this process, which must have one thread; return what is in force.

    ``scratch`` becomes its folder for temporary files.
    """
    tempfile.tempdir = str(scratch)
    for name in ("TMPDIR", "TEMP", "TMP"):
        os.environ[name] = str(scratch)
    if sys.platform == "win32":
        return ()
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    most = _MAX_FILE if hard == resource.RLIM_INFINITY else min(_MAX_FILE, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    if sys.platform != "linux":
        return ()
    kernel = _Kernel()
    found = []
    with contextlib.suppress(OSError):
        kernel.call("prctl", _SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        with contextlib.suppress(OSError):
            found.append(f"Landlock {_restrict_files(kernel, scratch)}")
        if platform.machine() in _MACHINES:
            _filter_calls(kernel, platform.machine())
            found.append("seccomp")
    return tuple(found)


class _Kernel:
    """Functions of the C library. Raises OSError where one fails."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None, use_errno=True)

    def call(self, name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
        """Call a function; integers are passed with 64 bits."""
        passed = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
        result: int = getattr(self._library, name)(*passed)
        if result < 0:
            raise OSError(ctypes.get_errno(), name)
        return result


def _restrict_files(kernel: _Kernel, scratch: Path) -> int:
    """Refuse changes outside the scratch folder; return the version of Landlock."""
    version = kernel.call("syscall", _CREATE_RULESET, None, 0, 1)
    rights = _FS_RIGHTS
    for since, right in _LATER_RIGHTS:
        rights |= right if version >= since else 0
    attributes = struct.pack(
        "=QQQ",
        rights,
        _NET_RIGHTS if version >= _NET_VERSION else 0,
        _SCOPES if version >= _SCOPE_VERSION else 0,
    )
    rules = kernel.call("syscall", _CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path, allowed in ((scratch, rights & ~_EXECUTE), (os.devnull, rights & _ON_A_FILE)):
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                rule = struct.pack("=Qi", allowed, place)
                kernel.call("syscall", _ADD_RULE, rules, _BENEATH_PATH, rule, 0)
            finally:
                os.close(place)
        kernel.call("syscall", _RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
    return version


def _filter_calls(kernel: _Kernel, machine: str) -> None:
    program = _program(machine)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    kernel.call("prctl", _SET_SECCOMP, _FILTER, header, 0, 0)


def _program(machine: str) -> bytes:
    """A filter in the kernel's language: 8 bytes a step; jumps count the steps to skip."""
    architecture, clone, tgkill, refused = _MACHINES[machine]

    def step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
        return struct.pack("=HBBI", code, then, otherwise, value)

    refuse = step(_RETURN, _REFUSE | errno.EPERM)
    allow = step(_RETURN, _ALLOW)
    steps = [
        step(_LOAD, _ARCHITECTURE),
        step(_IF_EQUAL, architecture, then=1),
        refuse,
        step(_LOAD, _NUMBER),
        step(_IF_AT_LEAST, _X32, otherwise=1),
        refuse,
        step(_IF_EQUAL, _CLONE3, otherwise=1),  # its arguments cannot be seen: libraries use clone
        step(_RETURN, _REFUSE | errno.ENOSYS),
    ]
    for number in (*refused, *_EVERYWHERE):
        steps += [step(_IF_EQUAL, number, otherwise=1), refuse]
    steps += [
        step(_IF_EQUAL, clone, otherwise=4),
        step(_LOAD, _FIRST_ARGUMENT),
        step(_IF_ANY_BIT, _CLONE_THREAD, otherwise=1),
        allow,
        refuse,
        step(_IF_EQUAL, tgkill, otherwise=4),
        step(_LOAD, _FIRST_ARGUMENT),
        step(_IF_EQUAL, os.getpid(), otherwise=1),
        allow,
        refuse,
        allow,
    ]
    return b"".join(steps)
