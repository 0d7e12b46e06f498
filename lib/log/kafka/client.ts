import { type Socket, connect, isIP } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { type Admin, type ISocketFactoryArgs, Kafka, type SASLOptions, logLevel } from 'kafkajs';
import { SettingError } from '../../core/errors';
import { BROKER } from '../../core/patterns';
import { guardBusyLoop } from './busyLoop';
import { registerCodecs } from './codecs';
import { type Address, typeOf } from './errors';
import { mendManyHeaders } from './manyHeaders';
import { mendPausedFetch } from './pausedFetch';

export type Mechanism = 'none' | 'plain' | 'scram-sha-256' | 'scram-sha-512';

/** How a cluster is reached. */
export interface ClientOptions {
  /** `host:port`, several separated by commas. */
  readonly brokers: string;
  readonly clientId: string;
  /** Given for TLS; an empty object trusts what Node trusts. */
  readonly tls?: ConnectionOptions;
  readonly saslMechanism: Mechanism;
  readonly user: string;
  readonly password: string;
}

/** What kafkajs says in its log, as far as anyone needs to know. */
export type LogListener = (said: { readonly message: string; readonly [detail: string]: unknown }) => void;

/** How long a broker may take to accept a connection, and to answer, in ms. */
const CONNECT_WITHIN = 5_000;
const ANSWER_WITHIN = 30_000;
const DEFAULT_PORT = 9092;
/** After how long without a word a connection is tried, in ms. */
const KEEP_ALIVE = 60_000;

/** A cluster, as one node of the flow is set to reach it. Makes clients; each has connections of its own. */
export class Client {
  #reached: string | undefined;
  #closed = false;
  readonly #brokers: readonly string[];
  #admin: Promise<Admin> | undefined;

  /** @throws {SettingError} if it cannot be reached with these settings at all */
  constructor(private readonly options: ClientOptions) {
    guardBusyLoop();
    mendManyHeaders();
    mendPausedFetch();
    registerCodecs();
    const { saslMechanism: mechanism, user } = options;
    if (mechanism !== 'none' && user === '') {
      throw new SettingError(`There is no user to log in with by ${mechanism.toUpperCase()}.`, {
        setting: 'user',
        remedy: 'Name one, or choose none for saslMechanism.',
      });
    }
    this.#brokers = brokersOf(options.brokers);
  }

  get address(): Address {
    const { saslMechanism: mechanism, user, tls } = this.options;
    return { brokers: this.#brokers, encrypted: tls !== undefined, mechanism, user, reached: this.#reached };
  }

  /**
   * Makes a kafkajs client. Its log goes nowhere but to `listener`, warnings and errors only.
   * @param retries how often it tries again by itself, with pauses that grow to 5 s
   */
  make(retries: number, listener?: LogListener, patience: { connect?: number; answer?: number } = {}): Kafka {
    const { clientId, tls } = this.options;
    const sasl = this.#sasl();
    return new Kafka({
      brokers: [...this.#brokers],
      clientId,
      ...(tls === undefined ? {} : { ssl: tls }),
      ...(sasl === undefined ? {} : { sasl }),
      connectionTimeout: patience.connect ?? CONNECT_WITHIN,
      requestTimeout: patience.answer ?? ANSWER_WITHIN,
      retry: { retries, initialRetryTime: 200, maxRetryTime: 5_000 },
      socketFactory: (to) => this.#connect(to),
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => listener?.(entry.log),
    });
  }

  /** The client for questions about the cluster, connected when it is first asked for. */
  admin(): Promise<Admin> {
    this.#admin ??= this.#connectAdmin();
    return this.#admin;
  }

  /** Asks a question; after one that nobody has answered, the next begins with a new connection. */
  async ask<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    const connected = this.admin();
    try {
      return await question(await connected);
    } catch (thrown) {
      if (typeOf(thrown) === undefined && this.#admin === connected) {
        this.#admin = undefined;
        void connected.then((admin) => admin.disconnect()).catch(() => undefined);
      }
      throw thrown;
    }
  }

  /** Nobody connects any more: kafkajs tries for minutes to send what it has, also when it was told to disconnect. */
  async close(): Promise<void> {
    this.#closed = true;
    const admin = await this.#admin?.catch(() => undefined);
    this.#admin = undefined;
    await admin?.disconnect().catch(() => undefined);
  }

  #connect({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
    if (this.#closed) throw new Error('the cluster node was closed');
    const connected = (): void => {
      this.#reached = `${host}:${port}`;
      onConnect();
    };
    // kafkajs says null for none.
    const encryption = ssl as ConnectionOptions | null;
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket =
      encryption === null
        ? connect({ host, port }, connected)
        : connectTls({ host, port, ...name, ...encryption }, connected);
    return socket.setKeepAlive(true, KEEP_ALIVE);
  }

  async #connectAdmin(): Promise<Admin> {
    const admin = this.make(3).admin();
    await admin.connect();
    return admin;
  }

  #sasl(): SASLOptions | undefined {
    const { saslMechanism: mechanism, user: username, password } = this.options;
    return mechanism === 'none' ? undefined : { mechanism, username, password };
  }
}

/**
 * Reads a list of brokers; a port left out is 9092.
 * @throws {SettingError} naming what is no address
 */
export function brokersOf(list: string): string[] {
  const brokers = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const wrong = brokers.find((each) => !BROKER.test(each));
  if (brokers.length === 0 || wrong !== undefined) {
    throw new SettingError(`"${wrong ?? list}" is not the address of a broker.`, {
      setting: 'brokers',
      remedy: 'Write host:port, several separated by commas.',
    });
  }
  return brokers.map((each) => (/:\d{1,5}$/u.test(each) && !each.endsWith(']') ? each : `${each}:${DEFAULT_PORT}`));
}
