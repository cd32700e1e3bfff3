import { metrics, type Figures, type Metric } from "../../settings/metrics";

/** Tells one value; `more` says what it is about beside the metric. */
export type Emit = (metric: Metric, value: number, more?: Readonly<Record<string, string>>) => void;

/** One line of JSON a value, see {@link metrics}. */
export const emitTo =
  (stream: NodeJS.WritableStream): Emit =>
  (metric, value, more = {}) =>
    void stream.write(
      `${JSON.stringify({ metric: metrics[metric].name, value, at: new Date().toISOString(), ...more })}\n`,
    );

const isMetric = (name: string): name is Metric => Object.hasOwn(metrics, name);

/** Tells every value that is known. */
export function emitAll(emit: Emit, figures: Figures): void {
  for (const [name, value] of Object.entries(figures)) if (isMetric(name)) emit(name, value);
}
