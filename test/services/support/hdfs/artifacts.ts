import { fetchJars, jarsFolder } from '../maven';

const HADOOP = '3.5.0';

const NAME = `hdfs-${HADOOP}`;

/** Brings HDFS onto this machine: name node, data node and file system shell. */
export function fetchHdfs(): void {
  fetchJars(NAME, [
    `org.apache.hadoop:hadoop-common:${HADOOP}`,
    `org.apache.hadoop:hadoop-hdfs:${HADOOP}`,
    `org.apache.hadoop:hadoop-hdfs-client:${HADOOP}`,
  ]);
}

/** Class path of HDFS. */
export const hdfsJars = (): string => `${jarsFolder(NAME)}/*`;
