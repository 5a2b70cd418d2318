/** Paints text for a terminal, or leaves it as it is. */
export interface Ink {
  bold(text: string): string;
  dim(text: string): string;
  /** One of the 256 colours. */
  color(code: number, text: string): string;
}

const plain: Ink = { bold: (text) => text, dim: (text) => text, color: (_code, text) => text };

const painted: Ink = {
  bold: (text) => `\x1b[1m${text}\x1b[22m`,
  dim: (text) => `\x1b[2m${text}\x1b[22m`,
  color: (code, text) => `\x1b[38;5;${code}m${text}\x1b[39m`,
};

export function inkFor(color: boolean): Ink {
  return color ? painted : plain;
}
