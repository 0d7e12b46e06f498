import { fetchHdfs } from '../hdfs/artifacts';
import { fetchJars, jarsFolder } from '../maven';
import { fetchSpark } from '../spark/artifacts';

const HADOOP = '3.5.0';

const NAME = `yarn-${HADOOP}`;

/** Brings YARN onto this machine, with the HDFS below it and the Spark that is submitted to it. */
export function fetchYarn(): void {
  fetchHdfs();
  fetchSpark();
  fetchJars(NAME, [
    `org.apache.hadoop:hadoop-yarn-server-resourcemanager:${HADOOP}`,
    `org.apache.hadoop:hadoop-yarn-server-nodemanager:${HADOOP}`,
    // The resource manager's web interface wants its classes, and its POM does not say so.
    `org.apache.hadoop:hadoop-yarn-server-timelineservice:${HADOOP}`,
  ]);
}

/** Class path of YARN, with what it needs of HDFS. */
export const yarnJars = (): string => `${jarsFolder(NAME)}/*`;
