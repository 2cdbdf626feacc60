# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints the directory, relative to a prefix, in which this interpreter looks for packages
under that prefix."""

import os
import site
import sys
import sysconfig

prefix = os.path.normpath(sys.argv[1])
version = f"python{sys.version_info.major}.{sys.version_info.minor}"
usual = {os.path.join(prefix, "lib", name) for name in (version, "python3")}
for path in site.getsitepackages():
    if os.path.dirname(path) in usual:
        break
else:
    path = sysconfig.get_path("platlib", "posix_prefix", {"base": prefix, "platbase": prefix})
print(os.path.relpath(path, prefix), end="")
