/** What a person needs to act on an error, beyond its sentence. */
export interface ErrorDetails {
  /** The node property, configuration key or file the error is about. */
  readonly setting?: string;
  /** What the person can do about it. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** The root of every error that Pulseflow raises on purpose: one sentence for a person, details beside it. */
export class PulseflowError extends Error {
  readonly setting: string | undefined;
  readonly remedy: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(details.remedy === undefined ? message : `${message} ${details.remedy}`, { cause: details.cause });
    this.name = new.target.name;
    this.setting = details.setting;
    this.remedy = details.remedy;
  }
}

/** A setting that cannot be used as it stands; raised when a flow is deployed, never later. */
export class SettingError extends PulseflowError {}

/** One record that a step cannot take: the record goes to the node's second output, the rest of its batch goes on. */
export class RecordError extends PulseflowError {}

export interface StoreErrorDetails extends ErrorDetails {
  /** How long the server asks to be left alone (HTTP: Retry-After), in milliseconds. */
  readonly retryAfter?: number | undefined;
}

/** A store, log or server that did not do what it was asked; the message is tried again. */
export class StoreError extends PulseflowError {
  readonly retryAfter: number | undefined;

  constructor(message: string, details: StoreErrorDetails = {}) {
    super(message, details);
    this.retryAfter = details.retryAfter;
  }
}

/**
 * A server that cannot be reached (refused, reset, unknown host, no answer in time), or says that it cannot serve just
 * now (HTTP 429, 502, 503, 504): whatever is sent there meets the same, so it is waited for, however long that takes.
 */
export class StoreUnavailableError extends StoreError {}

/** The sentence of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
