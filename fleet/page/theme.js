// SPDX-License-Identifier: GPL-2.0-or-later
// The light or dark theme: the system's theme, or the one that the user selects.

export function follow_theme(changed) {
  const choice = document.getElementById("theme");
  choice.addEventListener("change", () => {
    document.documentElement.dataset.theme = choice.value;
    changed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
