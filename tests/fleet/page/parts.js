// SPDX-License-Identifier: GPL-2.0-or-later
// A module of the page; the environment variable SOURCES names its directory.

import { pathToFileURL } from "node:url";

export function part(name) {
  return import(pathToFileURL(`${process.env.SOURCES}/${name}`));
}
