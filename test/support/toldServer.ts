import { RecordError, StoreError, StoreUnavailableError } from '../../lib/core/errors';
import type { RowResult } from '../../lib/sinks/destination';
import type { RowVerdict, SinkServer } from './sinkAdapter';
import { Verdicts, worst } from './verdicts';

/** A store in this process that fails as it is told: what stands before it in place of a network. */
export class ToldServer extends Verdicts implements Pick<SinkServer, 'goAway' | 'comeBack' | 'stop'> {
  readonly #hanging = new Set<NodeJS.Timeout>();
  #away = false;

  /** @param answersRows see `SinkAdapter` */
  constructor(private readonly answersRows: boolean) {
    super();
  }

  /**
   * Does with a write what it was told to.
   * @param keep stores the rows that are taken, by their places
   */
  async write(
    ids: readonly string[],
    timeout: number,
    keep: (taken: readonly number[]) => Promise<void> | void,
  ): Promise<undefined | readonly RowResult[]> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#away) throw new StoreUnavailableError('Nothing listens there.');
    const { request, rows } = this.judge(ids);
    if (request === 'unavailable') throw new StoreUnavailableError('It cannot serve now.');
    if (request === 'error') throw new StoreError('Something went wrong.');
    if (request === 'hang') await this.#hang(timeout);
    if (!this.answersRows) {
      const error = errorOf(worst(rows));
      if (error !== undefined) throw error;
    }
    await keep([...ids.keys()].filter((index) => (rows[index] ?? 'take') === 'take'));
    if (request === 'cut') throw new StoreUnavailableError('The connection was cut.');
    return rows.every((row) => row === 'take') ? undefined : rows.map(errorOf);
  }

  goAway(): Promise<void> {
    this.#away = true;
    return Promise.resolve();
  }

  comeBack(): Promise<void> {
    this.#away = false;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    for (const each of this.#hanging) clearTimeout(each);
    return Promise.resolve();
  }

  #hang(timeout: number): Promise<never> {
    return new Promise((_, fail) => {
      const timer = setTimeout(() => {
        this.#hanging.delete(timer);
        fail(new StoreUnavailableError('No answer in time.'));
      }, timeout);
      this.#hanging.add(timer);
    });
  }
}

function errorOf(verdict: RowVerdict): RowResult {
  if (verdict === 'take') return undefined;
  if (verdict === 'refuse') return new RecordError('The row is bad.');
  return verdict === 'busy' ? new StoreUnavailableError('Too many requests.') : new StoreError('The row failed.');
}
