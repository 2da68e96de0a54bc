// <tocsin-again>: as long as it is on the page, the page's parts are asked for again and again.
import { refresh } from "./parts";

const EVERY = 2000; // milliseconds between an answer and the next question

export class Again extends HTMLElement {
  #timer: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    this.#timer = setTimeout(() => void this.#ask(), EVERY);
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    try {
      await refresh(this.dataset["parts"] ?? "");
    } catch {
      // no connection, or a server that starts again: what is shown stays until the next answer
    }
    if (this.isConnected) this.connectedCallback();
  }
}
