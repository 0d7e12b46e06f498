import { resolve } from 'node:path';
import type { FileCluster } from '../../lib/hdfs/fileSystem';
import { LocalFileSystem } from '../../lib/hdfs/local';
import { tryConnection } from '../../lib/hdfs/webhdfs/trial';
import { WebHdfs } from '../../lib/hdfs/webhdfs/webHdfs';
import { userFolder } from '../../lib/sinks/userFolder';
import { settingsToTry } from '../common/connection';
import { answerQuestion } from '../common/questions';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { offer } from '../common/services';
import { acquire, release } from '../common/runtime';
import { tlsOf } from '../common/tls';
import { spec } from './spec';

export = (RED: Red): void => {
  answerQuestion(RED, 'post', '/pulseflow/hdfs/:id/test', 'flows.write', (question) => {
    const { tls, ...settings } = settingsToTry(RED, spec, question, { mode: 'webhdfs' });
    return tryConnection({ ...settings, ...tlsOf(RED, tls) });
  });
  registerNode(RED, spec, ({ node, settings: { mode, tls, ...settings } }) => {
    if (mode === 'webhdfs') {
      const reached = { ...settings, ...tlsOf(RED, tls) };
      WebHdfs.check(reached);
      const cluster: FileCluster = { connect: () => new WebHdfs(reached) };
      offer(node, cluster);
      return {};
    }
    const root = resolve(userFolder(acquire(RED).store), settings.root);
    const cluster: FileCluster = { connect: () => new LocalFileSystem(root) };
    offer(node, cluster);
    return { close: () => release(RED) };
  });
};
