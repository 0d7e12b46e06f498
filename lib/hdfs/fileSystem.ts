/** The bytes of a file, piece by piece. */
export type Content = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Where rolled files go: a local directory, or HDFS. Paths are relative to its root, with `/` between names. */
export interface FileSystem {
  /**
   * Writes a file that no reader takes for finished: beside `path`, its name, or that of the folder that it has for itself
   * alone, beginning with a dot, which Hadoop, Spark and Hive pass over. Once this resolves it is complete and safe on disk.
   * @param content makes the bytes, once for each try
   * @returns its path, for `rename`
   * @throws {StoreUnavailableError} if the file system is away
   * @throws {StoreError} if this file cannot be written
   */
  writeTemporary(path: string, content: () => Content): Promise<string>;
  /**
   * Gives a temporary file its name, in one step; replaces a file of that name. Nothing else ever has such a name, so a
   * file that has one is complete.
   */
  rename(from: string, to: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Removes the temporary files that writes of a file have left behind. */
  sweep(path: string): Promise<void>;
  /** Gives up what is under way, where that can be. */
  close(): void;
}

/** A file system as a cluster node offers it: each sink has a connection of its own, and ends it. */
export interface FileCluster {
  connect(): FileSystem;
}
