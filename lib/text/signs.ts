/** The next of two signs that mean the same, such as `#` and `＃`. Each is looked for again only once it is passed. */
export class SignFinder {
  private plain = -1;
  private wide = -1;

  constructor(
    private readonly text: string,
    private readonly plainSign: string,
    private readonly wideSign: string,
  ) {}

  /** The first sign at or after `from`, or -1; `from` must not decrease. */
  next(from: number): number {
    if (this.plain < from) this.plain = indexOrEnd(this.text, this.plainSign, from);
    if (this.wide < from) this.wide = indexOrEnd(this.text, this.wideSign, from);
    const first = Math.min(this.plain, this.wide);
    return first === Infinity ? -1 : first;
  }
}

/** `indexOf` that says Infinity where there is none, so that positions compare. */
export function indexOrEnd(text: string, sign: string, from: number): number {
  const index = text.indexOf(sign, from);
  return index < 0 ? Infinity : index;
}
