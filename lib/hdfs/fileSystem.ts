/** Where rolled files go: a local directory, or HDFS. Paths are relative to its root, with `/` between names. */
export interface FileSystem {
  /**
   * Writes a file that no reader takes for finished: beside `path`, its name beginning with a dot, which Hadoop, Spark
   * and Hive pass over. Replaces one of the same name. Once this resolves it is safe on disk.
   * @returns its path, for `rename`
   * @throws {StoreError} if it cannot be written
   */
  writeTemporary(path: string, chunks: Iterable<Uint8Array>): Promise<string>;
  /** Gives a temporary file its name, in one step; replaces a file of that name. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; nothing happens if there is none. */
  remove(path: string): Promise<void>;
  mkdirs(path: string): Promise<void>;
  /** The names in a directory, temporary files included, in order; none if there is no such directory. */
  list(path: string): Promise<string[]>;
}
