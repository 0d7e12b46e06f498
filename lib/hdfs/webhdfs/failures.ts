import { StoreError, StoreUnavailableError } from '../../core/errors';
import type { HttpAnswer } from '../../http/answer';

/** How HDFS says in an answer what went wrong: the name of a Java exception, and its words. */
export interface RemoteException {
  readonly exception: string;
  /** Its first line; a data node adds where in its code that was. */
  readonly message: string;
}

/** Characters of its words that are quoted. */
const LONGEST = 400;

/** The exception that an answer tells of; undefined if it tells of none. */
export function exceptionOf(answer: HttpAnswer): RemoteException | undefined {
  const { RemoteException: told } = (answer.json() ?? {}) as { RemoteException?: Partial<RemoteException> };
  if (told === undefined) return undefined;
  const { exception = '', message = '' } = told;
  const [line = ''] = message.split('\n');
  return { exception, message: line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line.trim() };
}

/** Why a name node cannot serve though another one of the cluster may; undefined if that is not what it says. */
export function whyAway(answer: HttpAnswer): string | undefined {
  const exception = exceptionOf(answer)?.exception;
  if (exception === 'StandbyException') return 'it is in standby, another name node is the active one';
  return exception === 'RetriableException' ? 'it is still starting' : undefined;
}

/** What a data node says when it is itself cut off from the others. */
const CUT_OFF =
  /^(?:Connect|ConnectTimeout|SocketTimeout|NoRouteToHost|Standby|Retriable|EOF|ClosedChannel)\w*Exception$/u;

/** How HDFS words it that there is nowhere to put a block (`BlockManager.chooseTarget4NewBlock`, `NamenodeWebHdfsMethods`). */
const NOWHERE = /could only be written to \d+ of the|could only be replicated to \d+ nodes|Failed to find datanode/u;

/** The permission that was missing (`FSPermissionChecker.toAccessControlString`). */
const DENIED = /user=([^,]*), access=(\w+), inode="([^"]*)":([^:]*):([^:]*):(\S+)/u;

/** Refusals that are about one file or folder: what they mean, the setting they are about, and what to do. */
const REFUSALS: Readonly<Record<string, readonly [meaning: string, setting: string, remedy: string]>> = {
  DSQuotaExceededException: [
    'the space quota is used up',
    'root',
    'Delete files there, or have the quota raised (hdfs dfsadmin -setSpaceQuota); while a file is written it has to have room for a whole block on every replica. It is tried again by itself.',
  ],
  NSQuotaExceededException: [
    'the quota of files is used up',
    'root',
    'Delete files there, or have the quota raised (hdfs dfsadmin -setQuota). It is tried again by itself.',
  ],
  QuotaByStorageTypeExceededException: [
    'the space quota of its kind of disk is used up',
    'root',
    'Delete files there, or have the quota raised (hdfs dfsadmin -setSpaceQuota -storageType). It is tried again by itself.',
  ],
  ParentNotDirectoryException: [
    'a folder of its path is a file',
    'path',
    'Remove that file, or choose another path. It is tried again by itself.',
  ],
};

const LOGIN = new Set(['InvalidToken', 'SecurityException', 'AuthenticationException', 'AuthorizationException']);

/**
 * What a refusal of HDFS comes to for a person.
 * @param what was to be done, such as `write /posts/a.csv`
 */
export function failure(answer: HttpAnswer, what: string): StoreError {
  const told = exceptionOf(answer);
  if (told === undefined) return withoutException(answer, what);
  const { exception, message } = told;
  const could = `HDFS could not ${what}`;
  const refusal = REFUSALS[message.includes('is not a directory') ? 'ParentNotDirectoryException' : exception];
  if (refusal !== undefined) {
    const [meaning, setting, remedy] = refusal;
    return new StoreError(`${could}: ${meaning} (${message}).`, { setting, remedy });
  }
  if (exception === 'AccessControlException') return denied(message, could);
  if (LOGIN.has(exception)) return refusedLogin(answer, message);
  if (message.startsWith('Invalid operation')) return noNameNode(answer.origin, 'is a data node');
  return away(told) ?? new StoreError(`${could}: ${message} (${exception}, HTTP ${answer.status}).`, AGAIN);
}

const AGAIN = { remedy: 'It is tried again by itself.' };

/** Undefined unless it means that whatever is written meets the same. */
function away({ exception, message }: RemoteException): StoreUnavailableError | undefined {
  if (exception === 'SafeModeException') {
    return new StoreUnavailableError('The name node of HDFS is in safe mode: nothing can be written.', {
      remedy:
        'After a start it leaves it by itself, once enough data nodes have reported; if it was entered by hand: hdfs dfsadmin -safemode leave. It is tried again until then.',
    });
  }
  if (NOWHERE.test(message)) {
    const [count = message] = /There are \d.*/u.exec(message) ?? [];
    return new StoreUnavailableError(`No data node of HDFS can take a file; all are away or full (${count}).`, {
      remedy: 'Start data nodes, or make room on them. It is tried again by itself.',
    });
  }
  return CUT_OFF.test(exception)
    ? new StoreUnavailableError(`A part of HDFS does not answer: ${message} (${exception}).`, AGAIN)
    : undefined;
}

function denied(message: string, could: string): StoreError {
  const [, user, access = '', path, owner, group, mode] = DENIED.exec(message) ?? [];
  if (user === undefined) {
    return new StoreError(`${could}: ${message}.`, { setting: 'user', remedy: 'Choose another user or another root.' });
  }
  return new StoreError(
    `${could}: user "${user}" has no right to ${access.toLowerCase()} in ${path}, which belongs to ${owner}:${group} (${mode}).`,
    {
      setting: 'user',
      remedy: `Choose another user or another root, or have its owner give "${user}" a folder: hdfs dfs -mkdir and -chown. It is tried again by itself.`,
    },
  );
}

function withoutException(answer: HttpAnswer, what: string): StoreError {
  const { status, origin } = answer;
  const said = answer.excerpt(200);
  if (said.includes('Hadoop IPC port')) {
    return noNameNode(origin, "is for Hadoop's own clients");
  }
  if (status === 401) return refusedLogin(answer, said);
  if (status === 404) {
    return noNameNode(origin, 'does not know WebHDFS (HTTP 404)');
  }
  return new StoreError(`HDFS could not ${what}: HTTP ${status} from ${origin} (${said}).`, AGAIN);
}

/** What answers is something else than a name node's web interface. */
export function noNameNode(origin: string, what: string): StoreError {
  return new StoreError(`What answers at ${origin} ${what}.`, {
    setting: 'url',
    remedy:
      'Write the web address of the name node (dfs.namenode.http-address, port 9870 by default) or of an HttpFS gateway (14000).',
  });
}

function refusedLogin(answer: HttpAnswer, said: string): StoreError {
  return new StoreError(`${answer.origin} did not accept the login: HTTP ${answer.status} (${said}).`, {
    setting: 'token',
    remedy:
      'A cluster with Kerberos asks for a delegation token that is still valid: WebHDFS gives one to whoever has a ticket (op=GETDELEGATIONTOKEN).',
  });
}
