"""Takes from a process what it does not need, by the kernel's means: Landlock, seccomp, namespaces, its own user.

Three processes call this: the one with the keys, the server of the sandbox that forks, and each job before it sees
a byte of a stranger's. Where the kernel lacks a means, the server says so and the others hold.
"""

import ctypes
import errno
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Iterable
from fcntl import F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_GETFL, F_SETFD, F_SETFL
from pathlib import Path
from termios import FIOCLEX, FIONBIO

import landlockpy
import seccompy
from landlockpy import AccessFS, Ruleset, Scope
from seccompy import Action, ArgCmp, CmpOp, Filter

# Of nobody else: systemd and Debian give out none of 60706 to 61183 (systemd.io/UIDS-GIDS).
USER = 61_000
MEMORY_BYTES = 2 * 1024**3
# Threads, which the HEIC decoder wants; in a container those of the web process count too.
MOST_THREADS = 1024

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS = 1, 4, 8
_CLONE_THREAD, _CLONE_NEWNET, _CLONE_NEWIPC = 0x00010000, 0x40000000, 0x08000000
_CAPABILITY_VERSION, _MAY_READ = 0x20080522, 1 << 2  # CAP_DAC_READ_SEARCH
# What a job computes with. No other may be called: none that starts a process, reaches another, or opens a connection.
_CALLS = (
    "brk", "madvise", "mmap", "mprotect", "mremap", "munmap",
    "access", "close", "dup", "faccessat", "faccessat2", "fadvise64", "fstat", "fstatfs", "getcwd", "getdents64",
    "lseek", "lstat", "newfstatat", "open", "openat", "pread64", "read", "readlink", "readlinkat", "readv", "stat",
    "statfs", "statx", "write", "writev",
    "clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall", "exit", "exit_group",
    "futex", "getegid", "geteuid", "getgid", "getpid", "getrandom", "getrusage", "gettid", "getuid", "rseq",
    "sched_getaffinity", "sched_yield", "set_robust_list", "sysinfo", "uname",
    "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait", "poll", "ppoll", "pselect6", "select",
    "getpeername", "getsockname", "getsockopt", "recvfrom", "shutdown", "socketpair",
)  # fmt: skip
_libc = ctypes.CDLL(None, use_errno=True)


def hide_memory() -> None:
    """Close this process's memory, environment and open files to others of the same user."""
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def end_with_parent() -> None:
    """Have the kernel end this process when the one that forked it is gone."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def leave_behind() -> list[str]:
    """Where this is root, give up the network and all of root's power but to read; return what the kernel refuses.

    What is read, and all that others may do, Landlock and seccomp limit in each job.
    """
    refused = []
    if os.geteuid() == 0:
        if _libc.unshare(_CLONE_NEWNET | _CLONE_NEWIPC):
            refused.append("a network namespace")
        try:
            _become_own_user()
        except OSError:
            refused.append("a user of its own")
    hide_memory()
    refused += [] if landlockpy.supported() else ["Landlock"]
    return refused + ([] if seccompy.supported() else ["seccomp"])


def _become_own_user() -> None:
    _libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    # Effective, permitted, inheritable; then the same of the upper 32.
    rights = (ctypes.c_uint32 * 6)(_MAY_READ, _MAY_READ, 0, 0, 0, 0)
    if _libc.capset((ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0), rights):
        raise OSError(ctypes.get_errno(), "capset")


class Cell:
    """Where a job is shut in: built once by the server, entered by each of the jobs that it forks."""

    def __init__(self, readable: Iterable[str | os.PathLike]) -> None:
        self._ruleset = self._filter = None
        if landlockpy.supported():
            self._ruleset = Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL)
            for path in filter(os.path.exists, readable):
                wanted = AccessFS.READ_FILE | AccessFS.READ_DIR if os.path.isdir(path) else AccessFS.READ_FILE
                self._ruleset.allow_path(path, wanted)
        if seccompy.supported():
            self._filter = _filter()

    def enter(self, *, cpu_seconds: int) -> None:
        """Limit this process for good: time and memory; no writing, no process, no file or call but the listed."""
        for limit, most in (
            (resource.RLIMIT_CPU, cpu_seconds),
            (resource.RLIMIT_AS, MEMORY_BYTES),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NPROC, MOST_THREADS),
        ):
            resource.setrlimit(limit, (most, most))
        if self._ruleset:
            self._ruleset.restrict()
        if self._filter:
            self._filter.load()


def code_folders() -> list[str]:
    """Return where Python, its packages and the libraries they load stand.

    The fonts of the system are none of it: a paper shows the same on every machine, whatever is installed there.
    """
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    libraries = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", f"{sys.base_prefix}/lib", "/etc/ld.so.cache"]
    clock = ["/usr/share/zoneinfo", "/etc/localtime"]
    return [*sorted(paths), *libraries, *clock, "/dev/null", "/dev/urandom"]


def source_folders(root: Path) -> list[str]:
    """Return the packages of the project: what else stands in its folder, as data and keys do, is none of a job's."""
    return [str(found.parent) for found in root.glob("*/__init__.py")]


def _filter() -> Filter:
    found = Filter(default=Action.ERRNO | errno.EPERM)
    for name in _CALLS:
        try:
            found.allow(name)
        except ValueError:  # of the older names, aarch64 has none
            continue
    found.allow("clone", args=[ArgCmp(0, CmpOp.MASKED_EQ, _CLONE_THREAD, mask=_CLONE_THREAD)])  # a thread, no process
    found.errno("clone3", errno.ENOSYS)  # whose flags no filter sees; the C library takes clone then
    found.allow("sendto", args={4: 0})  # along what is connected, to nobody else
    found.allow("prlimit64", args={0: 0})
    for request in (FIONBIO, FIOCLEX):
        found.allow("ioctl", args={1: request})
    for command in (F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL):  # no F_SETOWN: it sends signals
        found.allow("fcntl", args={1: command})
    len(found.program)  # compiled here, once for all jobs
    return found
