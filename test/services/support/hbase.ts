import { type Certificates, certificates } from './certificates';
import { type HBasePlan, configureHBase } from './hbase/configure';
import { fetchFor } from './hbase/services';
import type { HBaseOptions } from './hbase/settings';
import { Tables } from './hbase/tables';
import { type Launched, TestServer, startTestServer } from './testServer';

/**
 * An HBase of a test's own, with REST gateways: `gateway-1`, and on HDFS `gateway-2`; with TLS `gateway-tls`. Its other processes
 * are `master`, or on HDFS `zookeeper`, `master`, `regionserver`, `namenode`, `datanode-1` and `datanode-2`.
 */
export class HBase extends TestServer {
  /** Of each gateway. */
  readonly urls: readonly string[];
  /** The certificate to trust is `certificates.caFile`. */
  readonly certificates: Certificates = certificates();

  constructor(
    private readonly plan: HBasePlan,
    launched: Launched,
  ) {
    super(launched);
    this.urls = plan.urls;
  }

  /** Of the gateway with HTTPS. */
  get tlsUrl(): string {
    if (this.plan.tlsUrl === undefined) throw new Error('This HBase was started without "tls".');
    return this.plan.tlsUrl;
  }

  /** All tables, by one of the gateways. */
  tables(gateway: 1 | 2 = 1): Tables {
    return new Tables(this.urls[gateway - 1] ?? '');
  }
}

/** Starts an empty HBase; ends at the latest when this process does. */
export function startHBase(options: HBaseOptions = {}): Promise<HBase> {
  fetchFor(options);
  return startTestServer(
    (folder, from) => configureHBase(folder, options, from),
    (plan, launched) => new HBase(plan, launched),
  );
}
