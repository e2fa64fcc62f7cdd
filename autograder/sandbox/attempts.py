"""Escape attempts as data: what `autograder doctor` tries in a real sandbox.

Each attempt is a piece of Python that runs where student code runs. It sets `broken` to what it managed to do,
in words, or leaves it empty. Names in capitals are given to it: see `doctor.Outside`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt.

    Attributes
    ----------
    tries
        What it tries, in a few words.
    code
        Python; sets `broken` where it succeeds.
    advice
        What to do where it succeeds.
    ends
        Whether the limit that it passes may end its process: then there is no word from it, and that is right.
    """

    tries: str
    code: str
    advice: str
    ends: bool = False


_BWRAP = "Update bubblewrap and the kernel: apt-get install --only-upgrade bubblewrap linux-image-amd64"
_SECCOMP = "Update libseccomp: apt-get install --only-upgrade libseccomp2"
_REPORT = "This should not be possible. Do not grade on this machine, and report it with the version of your kernel."

ATTEMPTS = (
    Attempt(
        "read a file beside the course",
        "for path in (SECRET, '/proc/1/root' + SECRET, '/proc/self/root' + SECRET):\n"
        "    try: broken = open(path).read() and path\n"
        "    except OSError: pass",
        "Is the course inside a folder of the Python installation? Move it out of there.",
    ),
    Attempt(
        "read the grader's environment",
        "import glob\n"
        "for path in glob.glob('/proc/*/environ'):\n"
        "    try: broken = broken or (WORD in open(path).read() and path)\n"
        "    except OSError: pass\n"
        "broken = broken or (WORD in str(dict(os.environ)) and 'os.environ')",
        _REPORT,
    ),
    Attempt(
        "import an answer from this project's own code",
        "for name in ('explore._activations', 'check._habits_relations', 'derive._judge'):\n"
        "    try: __import__('autograder.' + name); broken = name\n"
        "    except ImportError: pass",
        "Does another copy of autograder lie where Python looks? Install it once, into the environment that grades.",
    ),
    Attempt(
        "write to the system or the course",
        "library, outside = os.path.dirname(os.__file__), os.path.dirname(SECRET)\n"
        "for folder in ('/', '/usr', '/etc', '/dev', '/lib', '/home', library, outside):\n"
        "    try: open(folder + '/planted', 'w'); broken = folder\n"
        "    except OSError: pass",
        _BWRAP,
    ),
    Attempt(
        "write to the kernel's files",
        "for path in ('/proc/sys/kernel/hostname', '/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger',\n"
        "             '/sys/power/state', '/proc/sys/vm/overcommit_memory', '/proc/sys/user/max_user_namespaces'):\n"
        "    try: os.close(os.open(path, os.O_WRONLY)); broken = path\n"
        "    except OSError: pass",
        _BWRAP,
    ),
    Attempt(
        "reach the network",
        "import socket\n"
        "for host, port in (('127.0.0.1', PORT), ('192.0.2.1', 80)):\n"
        "    with socket.socket() as s:\n"
        "        s.settimeout(0.5)\n"
        "        try: s.connect((host, port)); broken = host\n"
        "        except OSError: pass\n"
        "names = [line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]]\n"
        "broken = broken or ', '.join(name for name in names if name != 'lo')",
        _BWRAP,
    ),
    Attempt(
        "reach a process outside by an abstract socket",
        "import socket\n"
        "with socket.socket(socket.AF_UNIX) as s:\n"
        "    try: s.connect(chr(0) + ABSTRACT); broken = ABSTRACT\n"
        "    except OSError: pass",
        _BWRAP,
    ),
    Attempt(
        "open sockets of the kernel and of virtual machines",
        "for family in (16, 17, 38, 40, 1 << 32 | 16, 1 << 40 | 40):\n"
        "    fd = libc.syscall(ctypes.c_long(SYS['socket']), ctypes.c_long(family), ctypes.c_long(2), ctypes.c_long(0))\n"
        "    if fd >= 0: broken = f'family {family & 0xffffffff}'; os.close(fd)",
        _SECCOMP,
    ),
    Attempt(
        "trace a process",
        "for request, pid in ((0, 0), (16, 1), (16, os.getppid())):\n"
        "    if libc.ptrace(request, pid, 0, 0) == 0: broken = f'ptrace of {pid}'",
        _SECCOMP,
    ),
    Attempt(
        "kill a process outside",
        "for pid in (OUTSIDE, GRADER):\n"
        "    try: os.kill(pid, 0); broken = f'process {pid}'\n"
        "    except OSError: pass",
        _BWRAP,
    ),
    Attempt(
        "make namespaces of its own",
        "for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000):\n"
        "    if libc.unshare(flag) == 0: broken = f'unshare {flag:#x}'\n"
        "    pid = libc.syscall(ctypes.c_long(SYS['clone']), ctypes.c_long(flag | 17), None, None, None, None)\n"
        "    if pid == 0: os._exit(0)\n"
        "    if pid > 0: os.waitpid(pid, 0); broken = f'clone {flag:#x}'\n"
        "try: fd = os.open('/proc/1/ns/user', os.O_RDONLY); broken = broken or (libc.setns(fd, 0) == 0 and 'setns')\n"
        "except OSError: pass",
        "Update bubblewrap to 0.8 or later (it needs --disable-userns) and libseccomp.",
    ),
    Attempt(
        "mount, chroot",
        "if libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None) == 0: broken = 'mount'\n"
        "if libc.umount2(b'/proc', 2) == 0: broken = 'umount'\n"
        "try: os.chroot('/tmp'); broken = 'chroot'\n"
        "except OSError: pass",
        _SECCOMP,
    ),
    Attempt(
        "hold a capability",
        "sets = [line for line in open('/proc/self/status') if line.startswith('Cap')]\n"
        "broken = ', '.join(line.strip() for line in sets if int(line.split()[1], 16))\n"
        "if len(sets) != 5: broken = 'unknown capability sets'",
        _BWRAP,
    ),
    Attempt(
        "gain privileges",
        "broken = '' if 'NoNewPrivs:\\t1' in open('/proc/self/status').read() else 'no_new_privs is off'",
        _REPORT,
    ),
    Attempt(
        "run without the system-call filter",
        "broken = '' if 'Seccomp:\\t2' in open('/proc/self/status').read() else 'seccomp is off'",
        "The kernel needs CONFIG_SECCOMP_FILTER; containers may forbid it.",
    ),
    Attempt(
        "take over a process that is less locked",
        "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
        "    try:\n"
        "        status, limits = open(f'/proc/{pid}/status').read(), open(f'/proc/{pid}/limits').read()\n"
        "        fd = os.open(f'/proc/{pid}/mem', os.O_WRONLY); os.close(fd)\n"
        "    except OSError: continue\n"
        "    data = next(line for line in limits.splitlines() if line.startswith('Max data size'))\n"
        "    if 'Seccomp:\\t2' not in status or 'unlimited' in data: broken = status.split()[1]",
        "Update bubblewrap to 0.8 or later: it filters its own processes too.",
    ),
    Attempt(
        "find a descriptor of the grader's",
        "import stat\n"
        "for name in os.listdir('/proc/self/fd'):\n"
        "    try: to = os.readlink(f'/proc/self/fd/{name}')\n"
        "    except OSError: continue\n"
        "    if not to.startswith(('/dev/null', 'socket:', '/tmp/#', '/proc/')): broken = to",
        _REPORT,
    ),
    Attempt(
        "start more processes than the limit",
        "pids = []\n"
        "try:\n"
        "    while len(pids) <= PROCESSES:\n"
        "        pid = os.fork()\n"
        "        if pid == 0: time.sleep(30); os._exit(0)\n"
        "        pids.append(pid)\n"
        "    broken = f'{len(pids)} processes'\n"
        "except OSError: pass\n"
        "for pid in pids: os.kill(pid, 9); os.waitpid(pid, 0)",
        "A process limit that does not count means real root, or a kernel before 5.14. Update the kernel.",
        ends=True,
    ),
    Attempt(
        "use more memory than the limit",
        "kept = bytearray(MEMORY << 21)\nbroken = f'{len(kept) >> 20} MiB'",
        "RLIMIT_DATA does not count here: the kernel is too old, or not Linux.",
        ends=True,
    ),
    Attempt(
        "use more memory than the limit in many processes",
        "for _ in range(4):\n"
        "    if os.fork() == 0:\n"
        "        kept = bytearray(b'x') * (MEMORY // 2 << 20); time.sleep(30); os._exit(0)\n"
        "time.sleep(SECONDS - 0.5)\n"
        "broken = 'four times half of it'",
        "The grader must be able to read /proc of the sandbox's processes: is /proc mounted with hidepid?",
        ends=True,
    ),
    Attempt(
        "hide memory where it is not counted",
        "if libc.syscall(ctypes.c_long(SYS['memfd']), b'x', 0) >= 0: broken = 'memfd'\n"
        "if libc.shmget(0, 4096, 0o1600) >= 0: broken = 'shared memory'",
        _SECCOMP,
    ),
    Attempt(
        "fill the disk",
        "for folder in ('/tmp', '/dev/shm', HOME):\n"
        "    total = 0\n"
        "    try:\n"
        "        for n in range(40):\n"
        "            with open(f'{folder}/{n}', 'wb') as f: total += f.write(bytes(DISK << 17))\n"
        "    except OSError: pass\n"
        "    if total > DISK << 20: broken = folder\n"
        "    for n in range(40):\n"
        "        try: os.unlink(f'{folder}/{n}')\n"
        "        except OSError: pass",
        _BWRAP,
    ),
    Attempt(
        "loop, deaf to every signal",
        "import signal\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
        "end = time.monotonic() + SECONDS + 5\n"
        "while time.monotonic() < end:\n"
        "    try: time.sleep(0.1)\n"
        "    except BaseException: pass\n"
        "broken = 'it ran on'",
        _REPORT,
        ends=True,
    ),
    Attempt(
        "leave a daemon behind",
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0: time.sleep(600)\n"
        "    os._exit(0)\n"
        "time.sleep(0.1)",
        _REPORT,
    ),
)  # fmt: skip
