import type { Tool } from './tools';

/** Something a person or a test connects to. */
export interface Address {
  readonly label: string;
  readonly value: string;
}

/** A process of a service: its name within the service, and its command. */
export interface ProcessPlan {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Names of those that have to answer before it starts. */
  readonly after?: readonly string[];
  /** Whether it answers by itself, whatever the others do; a rejection means not yet. */
  answers?(): Promise<boolean>;
  /** What makes later starts quicker, once this one answers. */
  warm?(pid: number): Promise<void>;
}

/** A service that has its folder, ports and configuration, and is to be started. */
export interface Plan {
  readonly folder: string;
  readonly processes: readonly ProcessPlan[];
  readonly addresses: readonly Address[];
  /** What has to be done in the folder before the processes start. */
  prepare?(): Promise<void>;
  /** Whether the service answers, in its own protocol, as a whole; a rejection means not yet. */
  ready(): Promise<boolean>;
  /** What has to be done once it answers, such as creating users. */
  complete?(): Promise<void>;
}

/** A kind of server that can be started on this machine: what `npm run services` takes as a name. */
export interface Service {
  /** `kafka`, or `kafka:3` for a variant of it. */
  readonly name: string;
  readonly about: string;
  /** The programs it needs on the machine. */
  readonly needs: readonly Tool[];
  /** Brings what the server consists of onto this machine, unless it is there. */
  fetch(): void;
  /** Configures one in a folder of its own, on free ports near its usual ones. */
  configure(folder: string): Promise<Plan>;
}
