import { resolve } from 'node:path';
import { LocalFileSystem } from '../../lib/hdfs/local';
import { userFolder } from '../../lib/sinks/userFolder';
import type { Red } from '../common/red';
import { offer, registerNode } from '../common/register';
import { acquire, release } from '../common/runtime';
import { spec } from './spec';

export = (RED: Red): void =>
  registerNode(RED, spec, ({ node, settings }) => {
    const { store } = acquire(RED);
    offer(node, new LocalFileSystem(resolve(userFolder(store), settings.root)));
    return { close: () => release(RED) };
  });
