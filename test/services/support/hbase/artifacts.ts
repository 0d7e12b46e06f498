import { fetchJars, jarsFolder } from '../maven';

/** The last release of which all parts are on Maven Central, built for Hadoop 3. */
const HBASE = '2.6.1';

const NAME = `hbase-${HBASE}`;

/** Brings HBase onto this machine: ZooKeeper, master, region server and REST gateway. */
export function fetchHBase(): void {
  fetchJars(NAME, [
    `org.apache.hbase:hbase-server:${HBASE}-hadoop3`,
    // The gateway is published as built for Hadoop 2 only. It touches Hadoop by way of hbase-server, and runs with either.
    { alone: `org.apache.hbase:hbase-rest:${HBASE}` },
    'org.apache.hbase.thirdparty:hbase-shaded-jackson-jaxrs-json-provider:4.1.9',
  ]);
}

/** Class path of HBase. */
export const hbaseJars = (): string => `${jarsFolder(NAME)}/*`;
