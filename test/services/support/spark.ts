import { temporaryFolder } from '../../support/store';
import { endAllOf } from './processes';
import { fetchSpark } from './spark/artifacts';
import { SparkClient } from './spark/client';
import { clientEnvironment, writeClientConfiguration } from './spark/clientConfiguration';
import { type MasterState, type SparkPlan, configureSpark, stateOf } from './spark/configure';
import { type Launched, TestServer, startTestServer } from './testServer';

/**
 * A Spark of a test's own: `master` and `worker`. A master that is started again knows its applications; a killed worker's
 * executors end by themselves.
 */
export class Spark extends TestServer {
  readonly client: SparkClient;
  /** Of the master's web interface. */
  readonly url: string;

  constructor({ master, url, configuration, folder }: SparkPlan, launched: Launched) {
    super(launched);
    this.client = new SparkClient(master, clientEnvironment(configuration), folder);
    this.url = url;
  }

  /** What the master says of its workers and applications. */
  state(): Promise<MasterState> {
    return stateOf(this.url);
  }
}

/** Starts a Spark without applications; ends at the latest when this process does. */
export function startSpark(): Promise<Spark> {
  fetchSpark();
  return startTestServer(configureSpark, (plan, launched) => new Spark(plan, launched));
}

/** A Spark without servers: it lives in the driver. */
export interface LocalSpark {
  readonly client: SparkClient;
  /** Ends what still runs. */
  stop(): Promise<void>;
}

/** @param threads as in `local[2]` */
export function localSpark(threads: number): LocalSpark {
  fetchSpark();
  const folder = temporaryFolder();
  writeClientConfiguration(folder.path, {});
  return {
    client: new SparkClient(`local[${threads}]`, clientEnvironment(folder.path), folder.path),
    stop: async () => {
      await endAllOf(folder.path);
      folder.remove();
    },
  };
}
