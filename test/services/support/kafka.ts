import { temporaryFolder } from '../../support/store';
import { type Certificates, certificates } from './certificates';
import { type KafkaPlan, allKnowEachOther, configureKafka, fetchFor } from './kafka/configure';
import { PASSWORD, USER, bootstrapOf } from './kafka/listeners';
import type { KafkaOptions } from './kafka/settings';
import { KafkaTools } from './kafka/tools';
import { launch, untilReady } from './launch';
import { testPorts } from './ports';
import type { ServerProcess } from './serverProcess';

/** `host:port` of every broker, by listener. */
export interface KafkaAddresses {
  readonly plain: readonly string[];
  readonly tls: readonly string[];
  readonly sasl: readonly string[];
  readonly saslTls: readonly string[];
}

/** A Kafka cluster of a test's own, with Kafka's tools at hand. */
export class KafkaCluster extends KafkaTools {
  readonly addresses: KafkaAddresses;
  /** The certificate to trust is `certificates.caFile`. */
  readonly certificates: Certificates = certificates();
  readonly user = USER;
  readonly password = PASSWORD;

  constructor(
    private readonly plan: KafkaPlan,
    private readonly processes: readonly ServerProcess[],
    private readonly remove: () => void,
  ) {
    super(bootstrapOf(plan.brokers, 'PLAINTEXT'), plan.folder);
    this.addresses = {
      plain: bootstrapOf(plan.brokers, 'PLAINTEXT'),
      tls: bootstrapOf(plan.brokers, 'SSL'),
      sasl: bootstrapOf(plan.brokers, 'SASL_PLAINTEXT'),
      saslTls: bootstrapOf(plan.brokers, 'SASL_SSL'),
    };
  }

  /** Ends a broker as a power cut does (SIGKILL). The others need about six seconds to notice. */
  async kill(broker: number): Promise<void> {
    await this.#process(broker).kill();
  }

  /** Starts a killed broker again, on the same ports and data; resolves once all that run know each other. */
  async restart(broker: number): Promise<void> {
    const process = this.#process(broker);
    await process.kill();
    process.start();
    await untilReady(() => allKnowEachOther(this.#running), [process]);
  }

  /** Stops a broker where it stands (SIGSTOP), or lets it go on (SIGCONT): as a network that goes away and comes back. */
  signal(broker: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process(broker).signal(signal);
  }

  /** What a broker said last, for the message of a failed test. */
  lastWords(broker: number): string {
    return this.#process(broker).lastWords();
  }

  /** Ends all, and removes their data. */
  async stop(): Promise<void> {
    await Promise.all(this.processes.map((each) => each.kill()));
    this.remove();
  }

  get #running(): KafkaPlan['brokers'] {
    return this.plan.brokers.filter(({ id }) => this.#process(id).running);
  }

  #process(broker: number): ServerProcess {
    const found = this.processes.find(({ name }) => name === `broker-${broker}`);
    if (found === undefined) throw new Error(`There is no broker ${broker}; their ids begin at 1.`);
    return found;
  }
}

/**
 * Starts a cluster with empty data folders, on ports of its own; ends at the latest when this process does.
 * @throws Error with what a broker said, if it does not start
 */
export async function startKafka(options: KafkaOptions): Promise<KafkaCluster> {
  fetchFor(options);
  const folder = temporaryFolder();
  const remove = (): void => {
    process.removeListener('exit', remove);
    folder.remove();
  };
  process.once('exit', remove);
  try {
    const plan = await configureKafka(folder.path, options, testPorts());
    return new KafkaCluster(plan, await launch(plan, false), remove);
  } catch (error) {
    remove();
    throw error;
  }
}
