// SPDX-License-Identifier: GPL-2.0-or-later
// Imports a module of the page. The environment variable SOURCES names the directory of the modules.

import { pathToFileURL } from "node:url";

export function part(name) {
  return import(pathToFileURL(`${process.env.SOURCES}/${name}`));
}
