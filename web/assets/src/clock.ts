// <tocsin-elapsed since> and <tocsin-countdown until>: durations that go on by themselves.
// The server's clock counts: the page says what time it was there when it was rendered.

const rendered = Date.parse(document.documentElement.dataset["now"] ?? "");
const offset = Number.isNaN(rendered) ? 0 : rendered - Date.now();

function now(): number {
  return Date.now() + offset;
}

/** `7 min 05 s`, `2 h 07 min`, `3 d 4 h`: the two parts that matter. */
export function duration(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor(seconds / 3600) % 24} h`;
}

export abstract class Ticking extends HTMLElement {
  #timer: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    this.tick();
    this.#timer = setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
  }

  abstract tick(): void;
}

export class Elapsed extends Ticking {
  override tick(): void {
    this.textContent = `T+${duration(now() - Date.parse(this.getAttribute("since") ?? ""))}`;
  }
}

export class Countdown extends Ticking {
  override tick(): void {
    const left = Date.parse(this.getAttribute("until") ?? "") - now();
    const words = this.getAttribute(left < 0 ? "text-late" : "text-left") ?? "%s";
    this.textContent = words.replace("%s", duration(left));
    this.classList.toggle("late", left < 0);
    this.classList.toggle("soon", left >= 0 && left < 5 * 60_000);
  }
}
