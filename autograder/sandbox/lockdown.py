"""What a process does to itself before student code may run in it: join the holder, drop everything, filter.

The order matters and is `enter` then `lock`: join the namespaces, fork (a pid namespace holds only children),
new session, no capabilities, resource limits, no new privileges, system-call filter.
"""

from __future__ import annotations

import ctypes
import os
import resource
import tempfile
from typing import TYPE_CHECKING

from autograder.sandbox import pages

if TYPE_CHECKING:
    from autograder.sandbox.limits import Limits

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x00020000
_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522
_SIGKILL = 9

# Not needed for homework, and each a door that kernel bugs came through.
_DENIED = (
    "acct", "add_key", "bpf", "chroot", "clock_adjtime", "clock_settime", "delete_module", "fanotify_init",
    "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "get_kernel_syms", "init_module", "io_uring_enter",
    "io_uring_register", "io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl",
    "landlock_restrict_self", "lookup_dcookie", "mbind", "migrate_pages", "mount", "mount_setattr", "move_mount",
    "move_pages", "mq_open", "msgget", "name_to_handle_at", "nfsservctl", "open_by_handle_at", "open_tree",
    "perf_event_open",
    "personality", "pidfd_getfd", "pivot_root", "process_madvise", "process_vm_readv", "process_vm_writev",
    "ptrace", "query_module", "quotactl", "quotactl_fd", "reboot", "request_key", "set_mempolicy", "setdomainname",
    "sethostname", "setns", "settimeofday", "stime", "swapoff", "swapon", "sysfs", "syslog", "umount", "umount2",
    "unshare", "uselib", "userfaultfd", "ustat", "vhangup", "vm86", "vm86old", "vmsplice",
)  # fmt: skip
# Memory that belongs to no process, so that neither a resource limit nor the watcher would see it.
_UNCOUNTED = ("memfd_create", "memfd_secret", "shmat", "shmget")
_NEW_NAMESPACES = (
    0x00020000,
    0x02000000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
    0x00000080,
)
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C


class LockdownError(OSError):
    """A step of the lockdown failed; nothing of the student's has run."""


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise LockdownError(code, f"{what}: {os.strerror(code)}")


def _prctl(option: int, *args: int) -> int:
    padded = [ctypes.c_ulong(a) for a in (*args, 0, 0, 0, 0)[:4]]
    return int(_libc.prctl(option, *padded))


def private_mounts() -> None:
    """Give this process (real root) a mount namespace of its own, so that its mounts are seen by no other."""
    _check(_libc.unshare(CLONE_NEWNS), "unshare(mount)")
    _check(_libc.mount(b"none", b"/", None, 0x4000 | 0x40000, None), "make / private")  # MS_REC | MS_PRIVATE


def mount_tmpfs(path: str) -> None:
    """Mount a small tmpfs (real root)."""
    _check(_libc.mount(b"tmpfs", path.encode(), b"tmpfs", 0, b"mode=0755,size=64k"), f"mount tmpfs on {path}")


def bind(source: str, target: str) -> None:
    """Bind-mount `source` on `target` (real root)."""
    _check(_libc.mount(source.encode(), target.encode(), None, 0x1000 | 0x4000, None), f"bind {source}")


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent goes."""
    _check(_prctl(_PR_SET_PDEATHSIG, _SIGKILL), "PR_SET_PDEATHSIG")


def set_name(name: bytes) -> None:
    """Say what this process is, where processes are listed: up to 15 letters."""
    _libc.prctl(_PR_SET_NAME, ctypes.c_char_p(name), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent ends (a subreaper)."""
    _check(_prctl(_PR_SET_CHILD_SUBREAPER, 1), "PR_SET_CHILD_SUBREAPER")


def enter(pidfd: int) -> None:
    """Join every namespace of the process behind `pidfd`."""
    _check(_libc.setns(pidfd, _NAMESPACES), "setns")


def drop_privileges() -> None:
    """Give up every capability, and the right to gain any."""
    for capability in range(64):
        if _prctl(_PR_CAPBSET_DROP, capability) != 0:
            break  # past the last one the kernel knows
    _prctl(_PR_CAP_AMBIENT, 4)  # PR_CAP_AMBIENT_CLEAR_ALL
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)()
    _check(_libc.capset(header, data), "capset")
    _check(_prctl(_PR_SET_NO_NEW_PRIVS, 1), "PR_SET_NO_NEW_PRIVS")


def limit_resources(limits: Limits, pid: int = 0) -> None:
    """Set the resource limits, hard ones too, of this process or of another of the same user."""
    mib = 1 << 20
    for kind, value in (
        (resource.RLIMIT_DATA, (limits.memory_mib + pages.SPARE) * mib),
        (resource.RLIMIT_FSIZE, limits.disk_mib * mib),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_CPU, int(limits.submission_seconds * 2) + 1),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_MEMLOCK, 64 << 10),
        (resource.RLIMIT_STACK, 8 * mib),
    ):
        resource.prlimit(pid, kind, (value, value))


def build_filter() -> bytes:
    """Compile the system-call filter with libseccomp; the template does it once, its forks load the bytes."""
    import errno  # noqa: PLC0415 - the template alone needs these
    import socket  # noqa: PLC0415

    import pyseccomp  # noqa: PLC0415

    refuse = pyseccomp.ERRNO(errno.EPERM)
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in (*_DENIED, *_UNCOUNTED):
        try:
            rules.add_rule(refuse, name)
        except (ValueError, OSError, RuntimeError):  # unknown to this architecture or to an older libseccomp
            continue
    # clone3 hides its flags in memory: say "not there" and libc falls back to clone, which can be read
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in _NEW_NAMESPACES:
        rules.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    for request in (_TIOCSTI, _TIOCLINUX):
        rules.add_rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, request))
    allowed = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6}
    absent = pyseccomp.ERRNO(errno.EAFNOSUPPORT)
    for family in range(64):
        if (
            family not in allowed
        ):  # 32 bits of the argument, as the kernel reads it: higher ones are no escape
            rules.add_rule(absent, "socket", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 0xFFFFFFFF, family))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def load_filter(program: bytes) -> None:
    """Load a compiled filter into this process; it holds for all that come of it."""

    class SockFprog(ctypes.Structure):
        _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    buffer = ctypes.create_string_buffer(program, len(program))
    prog = SockFprog(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    _check(
        int(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(prog), 0, 0)),
        "load the system-call filter",
    )
