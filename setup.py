# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the wheel by the project's CMake, with the library beside the extension. The sdist holds the
sources of both."""

import os
import pathlib
import re
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

ROOT = pathlib.Path(__file__).resolve().parent
HEADER = (ROOT / "capi/include/nflogcap.h").read_text()
VERSION = ".".join(re.findall(r"#define NFLOGCAP_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", HEADER))

URL = os.environ.get("NFLOGCAP_URL")  # as scripts/dists says


class SdistWithLibrary(sdist):
    def make_release_tree(self, base_dir, files):
        sources = subprocess.check_output([ROOT / "scripts/package-files", "python"], text=True)
        super().make_release_tree(base_dir, sorted({*files, *sources.splitlines()}))


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
        )
        self._cmake("--build", build, "--parallel", os.cpu_count() or 1, "--target", "nflogcap_python")
        self._cmake("--install", build, "--prefix", stage, "--component", "python")

    def _cmake(self, *arguments):
        subprocess.run(["cmake", *map(str, arguments)], check=True)


setup(
    version=VERSION,
    project_urls={"Homepage": URL} if URL else {},
    packages=[],  # CMake installs them
    ext_modules=[Extension("nflogcap._nflogcap", [])],
    cmdclass={"build_ext": BuildByCMake, "sdist": SdistWithLibrary},
)
