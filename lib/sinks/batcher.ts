import { PulseflowError, StoreError, StoreUnavailableError, messageOf } from '../core/errors';
import { Circuit, type CircuitStatus } from './circuit';
import { type Clock, systemClock } from './clock';
import type { Destination } from './destination';
import { Lane, type LaneOwner } from './lane';
import { type Batch, type Piece, Request, type Results, bytesOf } from './queue';
import { DEFAULT_RETRIES, type RetryPolicy } from './retry';
import type { Failure, Settled } from './settle';

export interface BatcherOptions {
  /** What the destination is called in errors, such as `HBase table "posts"`. */
  readonly name: string;
  /** So many rows are written without waiting for more. */
  readonly maxBatch: number;
  /** The most rows of one write, where more have come while another was under way; `maxBatch` by default. */
  readonly most?: number;
  /** The most bytes of one write, where the destination knows the size of rows; a larger row goes alone. 4 MB by default. */
  readonly maxBytes?: number;
  /** How long a row waits for others, in milliseconds. */
  readonly linger: number;
  /** The most rows held here; an `add` beyond it waits. Ten batches by default. */
  readonly capacity?: number;
  /** The most bytes held here, where the destination knows the size of rows. Eight times `maxBytes` by default. */
  readonly capacityBytes?: number;
  /**
   * The most writes under way at once. One by default, which keeps rows in order. With more, rows of the same key stay in
   * order if the destination knows the key of rows; otherwise any may come first.
   */
  readonly writers?: number;
  readonly retry?: RetryPolicy;
  readonly clock?: Clock;
  /** A number from 0 up to 1, for the jitter of retries. */
  readonly random?: () => number;
  /** Told when the server is found to be away, each time that it still is, and when it is back. */
  readonly onCircuit?: (status: CircuitStatus) => void;
}

export interface BatcherStatus {
  /** Rows held here, those being written included. */
  readonly waiting: number;
  /** Rows whose `add` waits for room. */
  readonly blocked: number;
  readonly written: number;
  readonly refused: number;
  /** The destination's last complaint; undefined after a write that succeeded. */
  readonly lastError: string | undefined;
  /** Whether the server is there. */
  readonly circuit: CircuitStatus;
}

const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
/** The ceiling of the pauses between probes of one row, in ms: a server that is back is not kept waiting for long. */
const LONGEST_PROBE_PAUSE = 5_000;

/**
 * The batching sink under every sink node: collects rows of many messages into batches, writes them in order, tries
 * again what may pass, finds the rows that a failure is about, waits for a server that is away, and answers each message
 * for its own rows.
 */
export class Batcher<Row> {
  readonly #owner: LaneOwner<Row>;
  readonly #lanes: readonly Lane<Row>[];
  readonly #circuit: Circuit;
  readonly #blocked: Piece<Row>[] = [];
  readonly #capacity: number;
  readonly #capacityBytes: number;
  readonly #idle: (() => void)[] = [];
  #held = 0;
  #heldBytes = 0;
  #written = 0;
  #refused = 0;
  #probes = 0;
  #probing = false;
  #lastError: string | undefined;
  #closed = false;
  #abandoned = false;

  constructor(
    private readonly destination: Destination<Row>,
    private readonly options: BatcherOptions,
  ) {
    const { maxBatch, linger, clock = systemClock, random = Math.random, retry = DEFAULT_RETRIES } = options;
    const { maxBytes = DEFAULT_MAX_BYTES, most = maxBatch, writers = 1 } = options;
    this.#capacity = options.capacity ?? maxBatch * 10;
    this.#capacityBytes = options.capacityBytes ?? maxBytes * 8;
    const onChange = (status: CircuitStatus): void => this.#onCircuit(status);
    const probes = { ...retry, longest: Math.min(retry.longest, LONGEST_PROBE_PAUSE) };
    this.#circuit = new Circuit({ probe: () => void this.#probe(), onChange, clock, random, retry: probes });
    const idle = this.#idle;
    this.#owner = {
      ...{ destination, maxBatch, most, maxBytes, linger, retry, clock, random, circuit: this.#circuit, answers: 0 },
      get draining() {
        // Whoever waits in flush() wants what lies behind the buffer, too.
        return idle.length > 0;
      },
      settled: (batch, settled) => this.#settled(batch, settled),
    };
    const lanes = destination.key === undefined ? 1 : writers;
    this.#lanes = Array.from({ length: lanes }, () => new Lane(this.#owner, lanes === 1 ? writers : 1));
  }

  /**
   * Hands rows over; waits while the buffer is full. The array must not be changed afterwards.
   * @returns resolves once each row is safe or refused, with one entry per row: undefined or why it was refused
   * @throws {PulseflowError} if they could not be written: some may have been, so write them again
   */
  add(rows: readonly Row[]): Promise<Results> {
    if (rows.length === 0) return Promise.resolve([]);
    if (this.#closed) return Promise.reject(this.#closedError());
    const sizes = sizesOf(rows, this.destination);
    const to = rows.length;
    return new Promise((resolve, reject) => {
      const request = new Request(to, bytesOf({ sizes, from: 0, to }), resolve, reject);
      const piece: Piece<Row> = {
        request,
        rows,
        sizes,
        places: undefined,
        from: 0,
        to,
        attempts: 0,
        suspect: false,
        awayAt: undefined,
      };
      if (this.#blocked.length > 0 || !this.#hasRoom(request)) this.#blocked.push(piece);
      else this.#admit(piece);
      this.#pump();
    });
  }

  /** Writes what is held without waiting for more. @returns resolves once nothing is held any longer */
  flush(): Promise<void> {
    if (this.#held === 0 && this.#blocked.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#pump();
    });
  }

  /**
   * Takes no more rows and writes what is held, for at most `limit` milliseconds, and not at all while the server is
   * away; each `add` that is not answered by then is rejected, so that its message is delivered again.
   */
  async close(limit: number): Promise<void> {
    this.#closed = true;
    if (!this.#circuit.closed) this.#abandon();
    const cancel = this.#clock.after(limit, () => this.#abandon());
    await this.flush();
    cancel();
    this.#circuit.stop();
  }

  status(): BatcherStatus {
    return {
      waiting: this.#held,
      blocked: this.#blocked.reduce((sum, { rows }) => sum + rows.length, 0),
      written: this.#written,
      refused: this.#refused,
      lastError: this.#lastError,
      circuit: this.#circuit.status(),
    };
  }

  /** A request larger than the whole buffer gets in once the buffer is empty. */
  #hasRoom({ rows, bytes }: Request): boolean {
    if (this.#held === 0) return true;
    return this.#held + rows <= this.#capacity && this.#heldBytes + bytes <= this.#capacityBytes;
  }

  #admit(piece: Piece<Row>): void {
    this.#held += piece.request.rows;
    this.#heldBytes += piece.request.bytes;
    if (this.#lanes.length === 1) this.#lanes[0]?.push(piece);
    else for (const [lane, share] of deal(piece, this.#lanes, this.destination)) lane.push(share);
  }

  #release(rows: number, bytes: number): void {
    this.#held -= rows;
    this.#heldBytes -= bytes;
    let admitted = 0;
    for (const piece of this.#blocked) {
      if (!this.#hasRoom(piece.request)) break;
      this.#admit(piece);
      admitted++;
    }
    if (admitted > 0) this.#blocked.splice(0, admitted);
    if (this.#held === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #pump(): void {
    for (const lane of this.#lanes) lane.pump();
    if (this.#circuit.state === 'half-open') void this.#probe();
  }

  #settled(batch: Batch<Row>, { written, refused, failures, again, reason }: Settled<Row>): void {
    this.#written += written;
    this.#refused += refused;
    this.#lastError = reason === undefined ? undefined : messageOf(reason);
    for (const failure of failures) this.#fail(failure);
    let rows = batch.rows.length;
    let bytes = batch.pieces.reduce((sum, piece) => sum + bytesOf(piece), 0);
    for (const piece of again) {
      rows -= piece.to - piece.from;
      bytes -= bytesOf(piece);
    }
    for (const lane of failures.length > 0 ? this.#lanes : []) {
      const dropped = lane.dropSettled();
      rows += dropped.rows;
      bytes += dropped.bytes;
    }
    this.#release(rows, bytes);
    this.#pump();
  }

  /** Writes one row to see whether the server is there: another each time, lest it be the row that it stumbles over. */
  async #probe(): Promise<void> {
    const lanes = this.#lanes.filter(({ rows }) => rows > 0);
    const row = lanes[this.#probes % lanes.length]?.sample(Math.floor(this.#probes / lanes.length));
    // Without a row the next one that comes is the probe.
    if (this.#probing || row === undefined) return;
    this.#probing = true;
    this.#probes++;
    let away: unknown;
    try {
      const results = await this.destination.write([row]);
      away = results?.[0];
    } catch (thrown) {
      away = thrown;
    }
    this.#probing = false;
    if (this.#abandoned) return;
    if (away instanceof StoreUnavailableError) {
      this.#circuit.failed(away);
    } else {
      this.#owner.answers++;
      this.#circuit.succeeded();
      this.#pump();
    }
  }

  #onCircuit(status: CircuitStatus): void {
    if (status.reason !== undefined) this.#lastError = status.reason;
    this.options.onCircuit?.(status);
    if (this.#closed && status.state !== 'closed') this.#abandon();
  }

  #abandon(): void {
    if (this.#abandoned) return;
    this.#abandoned = true;
    this.#circuit.stop();
    const error = this.#closedError();
    for (const { request } of this.#blocked.splice(0)) request.fail(error);
    for (const lane of this.#lanes) for (const request of lane.abandon()) request.fail(error);
    this.#release(this.#held, this.#heldBytes);
  }

  #fail({ thrown, requests, tries }: Failure): void {
    const error = this.#errorOf(thrown, count(requests.length), tries);
    this.#lastError = messageOf(thrown);
    for (const request of requests) request.fail(error);
  }

  #errorOf(thrown: unknown, rows: string, tries: number | undefined): unknown {
    const { name } = this.options;
    if (tries !== undefined) {
      const often = tries === 1 ? 'one try' : `${tries} tries`;
      return new StoreError(`${name} did not take ${rows} in ${often}: ${messageOf(thrown)}`, {
        remedy: 'Make sure that it runs and can be reached; the message is delivered again by its source.',
        cause: thrown,
      });
    }
    // Errors of our own already say what to do; anything else is told as what it is, a failed write.
    if (thrown instanceof PulseflowError) return thrown;
    return new StoreError(`${name} did not take ${rows}: ${messageOf(thrown)}.`, { cause: thrown });
  }

  #closedError(): StoreError {
    return new StoreError(`The flow was stopped before ${this.options.name} had taken these records.`, {
      remedy:
        'A source that replays, such as kafka in, delivers them again when it starts; other messages have to be sent again.',
      ...(this.#lastError === undefined ? {} : { cause: this.#lastError }),
    });
  }

  get #clock(): Clock {
    return this.options.clock ?? systemClock;
  }
}

function sizesOf<Row>(rows: readonly Row[], destination: Destination<Row>): number[] | undefined {
  if (destination.size === undefined) return undefined;
  const sizes: number[] = [];
  for (const row of rows) sizes.push(destination.size(row));
  return sizes;
}

/** Shares a request's rows out over lanes by their keys. */
function deal<Row>(
  whole: Piece<Row>,
  lanes: readonly Lane<Row>[],
  destination: Destination<Row>,
): Map<Lane<Row>, Piece<Row>> {
  const shares = new Map<Lane<Row>, { rows: Row[]; sizes: number[]; places: number[] }>();
  whole.rows.forEach((row, place) => {
    const lane = lanes[hash(destination.key?.(row) ?? '') % lanes.length];
    if (lane === undefined) return;
    let share = shares.get(lane);
    if (share === undefined) shares.set(lane, (share = { rows: [], sizes: [], places: [] }));
    share.rows.push(row);
    share.places.push(place);
    if (whole.sizes !== undefined) share.sizes.push(whole.sizes[place] ?? 0);
  });
  const pieces = new Map<Lane<Row>, Piece<Row>>();
  for (const [lane, { rows, sizes, places }] of shares) {
    pieces.set(lane, { ...whole, rows, places, to: rows.length, ...(whole.sizes === undefined ? {} : { sizes }) });
  }
  return pieces;
}

/** Any spread will do here: nothing is stored by it. */
function hash(key: string): number {
  let sum = 0;
  for (let index = 0; index < key.length; index++) sum = (Math.imul(sum, 31) + key.charCodeAt(index)) >>> 0;
  return sum;
}

function count(rows: number): string {
  return rows === 1 ? 'a record' : `${rows} records`;
}
