import { fetchHdfs, hdfsJars } from './hdfs/artifacts';
import {
  type HdfsOptions,
  type HdfsPlan,
  SUPERUSER,
  USER,
  clientFlags,
  configureHdfs,
  stateOf,
} from './hdfs/configure';
import { Files } from './hdfs/files';
import { runTool } from './java';
import { type Launched, TestServer, startTestServer } from './testServer';

/**
 * An HDFS of a test's own: `namenode`, `datanode-1` and `datanode-2`, two copies of each block. A name node's restart resolves
 * once it has left safe mode, for which it needs a data node.
 */
export class Hdfs extends TestServer {
  /** Of the name node, without `/webhdfs/v1`. */
  readonly url: string;
  /** `hdfs://host:port`, for Hadoop's own clients. */
  readonly fileSystem: string;
  /** All files, over WebHDFS, for the superuser. */
  readonly files: Files;
  /** Whose home folder `/user/<user>` is there. */
  readonly user = USER;
  readonly superuser = SUPERUSER;

  constructor(
    private readonly plan: HdfsPlan,
    launched: Launched,
  ) {
    super(launched);
    this.url = plan.url;
    this.fileSystem = plan.fileSystem;
    this.files = new Files(plan.url, SUPERUSER);
  }

  /** How many data nodes the name node takes for alive. It needs some twelve seconds to notice a dead one. */
  async liveDataNodes(): Promise<number> {
    return (await stateOf(this.url)).NumLiveDataNodes;
  }

  /**
   * HDFS's own shell as the superuser: `shell('-text', '/posts/*.gz')` is `hdfs dfs -text /posts/*.gz`.
   * @returns the lines of its standard output
   * @throws Error with all it said, if it fails
   */
  shell(...args: readonly string[]): Promise<string[]> {
    return this.#run('org.apache.hadoop.fs.FsShell', args);
  }

  /** `hdfs dfsadmin` as the superuser, for quotas and safe mode: `admin('-setSpaceQuota', '10m', '/small')`. */
  admin(...args: readonly string[]): Promise<string[]> {
    return this.#run('org.apache.hadoop.hdfs.tools.DFSAdmin', args);
  }

  #run(main: string, args: readonly string[]): Promise<string[]> {
    const { folder, configuration } = this.plan;
    const resources = [configuration];
    return runTool({ classPath: [hdfsJars()], resources, main, args, flags: clientFlags(folder), folder });
  }
}

/** Starts an empty HDFS; ends at the latest when this process does. */
export function startHdfs(options: HdfsOptions = {}): Promise<Hdfs> {
  fetchHdfs();
  return startTestServer(
    (folder, from) => configureHdfs(folder, options, from),
    (plan, launched) => new Hdfs(plan, launched),
  );
}
