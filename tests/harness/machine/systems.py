"""Operating systems: which one this is, and which ones the label of a content tab names."""

from __future__ import annotations

import platform
import re
import sys
from functools import cache

SYSTEM = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}.get(sys.platform, sys.platform)
# the ID of os-release(5) in a label's words -> its name
DISTRIBUTIONS = {
    name.lower(): name
    for name in ("AlmaLinux", "Alpine", "Arch", "CentOS", "Debian", "Fedora", "Gentoo", "NixOS", "openSUSE", "RHEL")
} | {"ubuntu": "Ubuntu", "suse": "openSUSE"}
WORDS = {
    "linux": "Linux",
    "macos": "macOS",
    "osx": "macOS",
    "mac": "macOS",
    "windows": "Windows",
    "wsl": "Windows",
    "powershell": "Windows",
    "cmd": "Windows",
    **DISTRIBUTIONS,
}


@cache
def named(label: str) -> frozenset[str]:
    """The systems that a label names, empty where it names none: ``Linux and macOS`` -> {Linux, macOS}.

    What is in parentheses says how, or on which Linux: ``Windows (Git Bash)`` -> {Windows}, ``Linux (Debian)`` ->
    {Debian}. It names the system where nothing else does: ``Git Bash (Windows)`` -> {Windows}.
    """
    inside = _named(" ".join(re.findall(r"\(([^)]*)\)", label)))
    outside = _named(re.sub(r"\([^)]*\)", " ", label))
    if outside == {"Linux"} and inside:
        return inside
    return outside or inside


def _named(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.lower())
    found = {WORDS[word] for word in words if word in WORDS}
    shells = {"powershell", "cmd"}
    if found - {"Windows"} and not {word for word in words if WORDS.get(word) == "Windows"} - shells:
        found.discard("Windows")  # PowerShell runs elsewhere too, if a label says so
    if found & set(DISTRIBUTIONS.values()) and "linux" in words:
        found.discard("Linux")  # Arch Linux
    return frozenset(found)


def here(systems: frozenset[str]) -> bool:
    """Whether this machine is one of ``systems``."""
    return SYSTEM in systems or bool(systems & _distributions())


@cache
def _distributions() -> frozenset[str]:
    """This Linux and those that it is made after; empty elsewhere. Source: os-release(5)."""
    try:
        about = platform.freedesktop_os_release()
    except OSError:
        return frozenset()
    ids = re.findall(r"[a-z]+", f"{about.get('ID', '')} {about.get('ID_LIKE', '')}".lower())
    return frozenset(DISTRIBUTIONS[one] for one in ids if one in DISTRIBUTIONS)
