// SPDX-License-Identifier: GPL-2.0-or-later
// Shows texts about problems above the table. Each notice has a name, and is shown until it is removed.

export class Notices {
  #element = document.getElementById("notices");
  #shown = new Map();

  // `kind`: "bad" or "warning".
  show(name, kind, words) {
    let paragraph = this.#shown.get(name);
    if (!paragraph) {
      paragraph = document.createElement("p");
      this.#shown.set(name, paragraph);
      this.#element.append(paragraph);
    }
    paragraph.className = kind;
    if (paragraph.textContent !== words) // without this check, a screen reader would read the same text again
      paragraph.textContent = words;
  }

  remove(name) {
    this.#shown.get(name)?.remove();
    this.#shown.delete(name);
  }

  clear() {
    this.#element.replaceChildren();
    this.#shown.clear();
  }
}
