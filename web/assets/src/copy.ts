// <tocsin-copy>: a button beside an address or a secret that puts it on the clipboard. Without one it is marked, to
// be copied by hand.
const SAID = 2000; // milliseconds for which the button says that it was done

export class Copy extends HTMLElement {
  #timer: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    if (this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.getAttribute("text-copy");
    button.addEventListener("click", () => void this.#copy(button));
    this.append(button);
  }

  async #copy(button: HTMLButtonElement): Promise<void> {
    const code = this.querySelector("code");
    if (!code) return;
    getSelection()?.selectAllChildren(code);
    if (!(await put(code.textContent ?? ""))) return;
    button.textContent = this.getAttribute("text-copied");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (button.textContent = this.getAttribute("text-copy")), SAID);
  }
}

/** Whether it is on the clipboard now; browsers have none for scripts of a page that came over plain HTTP. */
async function put(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy"); // what is marked
  }
}
