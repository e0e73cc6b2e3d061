// The latencies as a chart to explore, drawn by uPlot when it is opened: zoom by dragging, values under the cursor.
interface Series {
  label: string;
  /** Seconds. */
  from: number;
  step: number;
  min: (number | null)[];
  median: (number | null)[];
  max: (number | null)[];
}

interface Plot {
  setSize(size: { width: number; height: number }): void;
  destroy(): void;
}
type PlotClass = new (options: object, data: (number | null)[][], host: HTMLElement) => Plot;

const chartHeight = 340;

for (const details of document.querySelectorAll<HTMLDetailsElement>("details.explore")) {
  let plot: Plot | undefined;
  const host = details.querySelector<HTMLElement>(".explore-host");
  const data = document.getElementById(details.dataset.latency ?? "")?.textContent;
  if (host === null || data === undefined) continue;
  const draw = (): void => {
    plot?.destroy();
    plot = details.open ? drawn(host, JSON.parse(data) as Series[]) : undefined;
  };
  details.addEventListener("toggle", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("resize", () => plot?.setSize({ width: host.clientWidth, height: chartHeight }));
}

function drawn(host: HTMLElement, all: readonly Series[]): Plot {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const hues = [
    "--measured",
    "--fault-network",
    "--fault-pod",
    "--fault-service",
    "--inconclusive",
    "--muted",
  ].map(colour);
  const [first] = all;
  const count = Math.max(...all.map((series) => series.median.length));
  const times = Array.from({ length: count }, (_, index) => (first?.from ?? 0) + index * (first?.step ?? 1));
  const axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
  };
  const value = (_: unknown, raw: number | null): string => (raw === null ? "–" : `${String(raw)} ms`);
  const options = {
    width: host.clientWidth,
    height: chartHeight,
    scales: { x: { time: false }, y: { distr: 3 } },
    axes: [
      {
        ...axis,
        values: (_: unknown, ticks: number[]) => ticks.map((tick) => `${String(tick).replace("-", "−")} s`),
      },
      {
        ...axis,
        size: 60,
        values: (_: unknown, ticks: (number | null)[]) =>
          ticks.map((tick) => (tick === null ? "" : `${String(tick)} ms`)),
      },
    ],
    series: [
      {
        label: "Time",
        value: (_: unknown, raw: number | null) => (raw === null ? "–" : `${raw.toFixed(1)} s`),
      },
      ...all.flatMap((series, index) => {
        const stroke = hues[index % hues.length] ?? "";
        const dash = index >= 3 ? [6, 3] : [];
        return [
          { label: series.label, stroke, dash, width: 1.5, spanGaps: false, points: { show: false }, value },
          {
            label: "slowest",
            stroke,
            dash: [1, 3],
            width: 1,
            spanGaps: false,
            points: { show: false },
            value,
          },
        ];
      }),
    ],
  };
  // Logarithms know no zero: anything faster than a tenth of a millisecond is drawn there.
  const positive = (values: readonly (number | null)[]): (number | null)[] =>
    values.map((each) => (each === null ? null : Math.max(0.1, each)));
  const columns = [times, ...all.flatMap((series) => [positive(series.median), positive(series.max)])];
  const uPlot = (window as unknown as { uPlot: PlotClass }).uPlot;
  return new uPlot(options, columns, host);
}
