/**
 * The one place that knows the chart library. Plot writes a `<style>` element into what it draws, which a strict
 * Content-Security-Policy refuses: it is taken out, and page.css says the same for `.chart`.
 */
import * as Plot from "@observablehq/plot";

export { Plot };

export type Drawn = (SVGSVGElement | HTMLElement) & { readonly value?: unknown };

export function draw(options: Plot.PlotOptions): Drawn {
  const drawn = Plot.plot({ className: "chart", ...options });
  for (const style of drawn.querySelectorAll("style")) style.remove();
  return drawn as Drawn;
}
