/** The part of a field's text that a suggestion replaces. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** What a suggestion has to contain. */
  readonly text: string;
  /** A suggestion as it is put in. */
  readonly wrap?: (value: string) => string;
}

/** Finds the piece that the caret is in; undefined where nothing is to be suggested. */
export type PieceAt = (text: string, caret: number) => Piece | undefined;

/** The whole text. */
export const whole: PieceAt = (text) => ({ start: 0, end: text.length, text: text.trim() });

/** One entry of a list with commas. */
export const listed: PieceAt = (text, caret) => {
  const before = text.lastIndexOf(',', caret - 1) + 1;
  const after = text.indexOf(',', caret);
  const start = before + (/^\s*/u.exec(text.slice(before))?.[0].length ?? 0);
  const end = after < 0 ? text.length : after;
  return { start: Math.min(start, end), end, text: text.slice(start, end).trim() };
};

/** Whether the caret stands in double braces, where a field belongs. */
export function isInBraces(text: string, caret: number): boolean {
  const open = text.lastIndexOf('{{', caret - 1);
  return open >= 0 && !text.slice(open, caret).includes('}}');
}

/** The path in double braces; outside of them a whole `{{field}}` goes in where the caret is. */
export const templated: PieceAt = (text, caret) => {
  if (isInBraces(text, caret)) {
    const open = text.lastIndexOf('{{', caret - 1);
    const rest = text.slice(caret);
    const end = caret + (/^[^{}|]*/u.exec(rest)?.[0].length ?? 0);
    const isClosed = text.startsWith('}}', end) || text.startsWith('|', end);
    return {
      start: open + 2,
      end,
      text: text.slice(open + 2, caret).trim(),
      wrap: (value) => (isClosed ? value : `${value}}}`),
    };
  }
  return { start: caret, end: caret, text: '', wrap: (value) => `{{${value}}}` };
};
