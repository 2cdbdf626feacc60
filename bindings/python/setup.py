# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the wheel from the whole source tree, by its CMake, with the library beside the extension."""

import os
import pathlib
import re
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = (ROOT / "capi/include/nflogcap.h").read_text()
VERSION = ".".join(re.findall(r"#define NFLOGCAP_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", HEADER))


class BuildByCMake(build_ext):
    def run(self):
        build = pathlib.Path(self.build_temp).resolve()
        stage = pathlib.Path(self.build_lib).resolve()
        self._cmake(
            *("-S", ROOT, "-B", build, "-DCMAKE_BUILD_TYPE=Release"),
            f"-DPython3_EXECUTABLE={sys.executable}",
            "-DNFLOGCAP_BUNDLE_LIBRARY=ON",
            "-DNFLOGCAP_LANGUAGES=python",
            "-DNFLOGCAP_PYTHON_DIR=.",
            *(f"-DNFLOGCAP_{part}=OFF" for part in "COMMAND TESTS EXAMPLES BENCH".split()),
        )
        self._cmake("--build", build, "--parallel", os.cpu_count() or 1, "--target", "nflogcap_python")
        self._cmake("--install", build, "--prefix", stage, "--component", "python")

    def _cmake(self, *arguments):
        subprocess.run(["cmake", *map(str, arguments)], check=True)


setup(
    version=VERSION,
    packages=[],  # CMake installs them
    ext_modules=[Extension("nflogcap._nflogcap", [])],
    cmdclass={"build_ext": BuildByCMake},
)
