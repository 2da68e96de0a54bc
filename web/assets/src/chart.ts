// <tocsin-chart>: volume and negative mentions per minute, live. Its content until then: the server's drawing.
import uPlot from "uplot";
import signalDocument from "../../../graphql/operations/SignalChanges.graphql";
import { follow } from "./socket";

interface Point {
  minute: string;
  volume: number;
  negative: number;
}

const KEEP = 24 * 60; // minutes

export class SignalChart extends HTMLElement {
  #ended = new AbortController();
  #points = new Map<number, Point>();
  #plot: uPlot | undefined;

  connectedCallback(): void {
    this.#take(JSON.parse(this.dataset["points"] ?? "[]") as Point[]);
    this.#draw();
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this);
    matchMedia("(prefers-color-scheme: dark)").addEventListener(
      "change",
      () => {
        this.#draw();
      },
      { signal: this.#ended.signal },
    );
    const brandId = this.dataset["brand"];
    void follow<{ signal: Point[] }>(
      {
        document: signalDocument,
        variables: () => ({ brandId, since: this.#newest() }),
        data: ({ signal }) => {
          this.#take(signal);
          this.#plot?.setData(this.#columns());
        },
      },
      this.#ended.signal,
    );
  }

  disconnectedCallback(): void {
    this.#ended.abort();
    this.#plot?.destroy();
  }

  #take(points: Point[]): void {
    for (const point of points) this.#points.set(Date.parse(point.minute) / 1000, point);
    const minutes = [...this.#points.keys()].sort((a, b) => a - b);
    for (const minute of minutes.slice(0, Math.max(0, minutes.length - KEEP))) this.#points.delete(minute);
  }

  /** The newest minute that is known, from which on the server tells what was missed. */
  #newest(): string | null {
    const known = [...this.#points.keys()];
    return known.length > 0 ? new Date(Math.max(...known) * 1000).toISOString() : null;
  }

  /** Minutes, volume, negative: a minute of which nothing is known is a gap, for a zero would say that it was calm. */
  #columns(): [number[], (number | null)[], (number | null)[]] {
    const known = [...this.#points.keys()];
    if (known.length === 0) return [[], [], []];
    const first = Math.min(...known);
    const length = (Math.max(...known) - first) / 60 + 1;
    const minutes = Array.from({ length }, (_, index) => first + index * 60);
    return [
      minutes,
      minutes.map((minute) => this.#points.get(minute)?.volume ?? null),
      minutes.map((minute) => this.#points.get(minute)?.negative ?? null),
    ];
  }

  #size(): { width: number; height: number } {
    return { width: this.clientWidth, height: this.clientWidth < 500 ? 170 : 220 };
  }

  #draw(): void {
    const style = getComputedStyle(this);
    const ink = (name: string) => style.getPropertyValue(name).trim();
    const axis: uPlot.Axis = {
      stroke: ink("--muted"),
      grid: { stroke: ink("--line"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui",
    };
    this.#plot?.destroy();
    this.replaceChildren();
    this.#plot = new uPlot(
      {
        ...this.#size(),
        cursor: { y: false, drag: { x: false } },
        hooks: { setCursor: [({ cursor }) => this.toggleAttribute("data-pointed", cursor.idx != null)] },
        scales: { y: { range: (_, __, max) => [0, Math.max(5, max * 1.1)] } },
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), this.dataset["zone"] ?? "UTC"),
        axes: [
          { ...axis, values: "{HH}:{mm}", size: 28 },
          { ...axis, size: 36 },
        ],
        series: [
          { label: this.dataset["labelTime"] ?? "", value: "{HH}:{mm}" },
          {
            label: this.dataset["labelVolume"] ?? "",
            stroke: ink("--volume"),
            fill: ink("--volume-fill"),
            width: 2,
            points: { show: false },
          },
          {
            label: this.dataset["labelNegative"] ?? "",
            stroke: ink("--negative"),
            fill: ink("--negative-fill"),
            width: 2,
            points: { show: false },
          },
        ],
      },
      this.#columns(),
      this,
    );
  }
}
