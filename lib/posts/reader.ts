import type { Rejection } from '../core/records';

/** What a reader has to say about its source beside the records; the node words it in the user's language. */
export interface ReaderStatus {
  /** What is the case. */
  readonly kind:
    | 'restarted' // the file was replaced: reading starts at its beginning
    | 'limited' // X's request limit is used up until `until`
    | 'capped' // the account's monthly cap at X is used up
    | 'budget' // the post budget of this month is used up
    | 'unreachable' // the server did not answer, or answered with a failure of its own
    | 'partial' // the server answered in part
    | 'gap'; // posts since the last poll can no longer be had
  /** One sentence for a person. */
  readonly message: string;
  /** When it is expected to change, milliseconds since 1970. */
  readonly until?: number;
}

/** What one `read` brought. */
export interface Page<P> {
  readonly records: unknown[];
  /** What could not be read as a record, each with its place in the message. */
  readonly rejected: Rejection[];
  /** Where a new reader goes on after this page. Plain JSON. */
  readonly position: P;
  /** Nothing will ever follow this page. */
  readonly end?: boolean;
  /** Milliseconds before it makes sense to read again; absent means at once. */
  readonly wait?: number;
  readonly status?: ReaderStatus;
}

/**
 * Everything that posts come from: the sample stream, files, X. A reader is made with the position to go on from, or
 * with none to begin at the beginning. One `read` at a time.
 */
export interface PostReader<P> {
  /**
   * Brings the next records, at most `max` (a source with a least page size of its own may bring that many). Never
   * waits for posts to come: it answers with an empty page and `wait`.
   * @throws {SettingError} if the source cannot be read as it is set up: reading again would fail again
   * @throws whatever `signal` was aborted with
   */
  read(max: number, signal: AbortSignal): Promise<Page<P>>;
  /** Lets go of files and connections. A `read` under way may fail. */
  close(): Promise<void>;
  /** How much of the source has been read, 0 to 1; undefined if it has no end or has not been opened. */
  progress?(): number | undefined;
}
