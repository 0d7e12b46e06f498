import { cpus, totalmem, type } from 'node:os';
import { benchBatcher } from './batcher';
import { benchFlow, benchWhole } from './flow';
import { benchGrowth } from './growth';
import { benchKafka } from './kafka';
import { benchFaults } from './kafka/faults';
import { benchLedger } from './ledger';
import { benchMemory } from './memory';
import { beginPart, writePage } from './page';
import { kindsOfPosts } from './posts';
import { profileFlow } from './profile';
import { benchSteps } from './steps';
import { benchStores } from './stores';
import { printAgainstSteps } from './whole';

const PARTS = ['steps', 'flow', 'ledger', 'batcher', 'growth', 'profile'];
/** These need a server or many minutes, and are run where they are named. */
const NAMED = ['memory', 'kafka', 'kafka-faults', 'stores'];

async function main(given: readonly string[]): Promise<void> {
  const asked = given.filter((part) => part !== '--write');
  const known = [...PARTS, ...NAMED];
  const unknown = asked.filter((part) => !known.includes(part));
  if (unknown.length > 0)
    throw new Error(`There is no benchmark "${unknown.join(', ')}"; choose of ${known.join(', ')}.`);
  const wanted = (part: string): boolean => asked.length === 0 || asked.includes(part);
  console.log(machine());
  const kinds = ['steps', 'flow', 'profile'].some(wanted) ? kindsOfPosts() : [];
  for (const posts of kinds) {
    beginPart('steps');
    const steps = wanted('steps') ? await benchSteps(posts) : [];
    beginPart('flow');
    const flow = wanted('flow') ? await benchFlow(posts) : undefined;
    if (flow !== undefined) await benchWhole(posts);
    if (flow !== undefined && steps.length > 0) printAgainstSteps(posts, flow, steps);
    beginPart('profile');
    if (wanted('profile')) await profileFlow(posts);
  }
  beginPart('ledger');
  if (wanted('ledger')) await benchLedger();
  beginPart('batcher');
  if (wanted('batcher')) await benchBatcher();
  beginPart('growth');
  if (wanted('growth')) await benchGrowth();
  beginPart('memory');
  if (asked.includes('memory')) await benchMemory();
  beginPart('kafka');
  if (asked.includes('kafka')) await benchKafka();
  beginPart('kafka-faults');
  if (asked.includes('kafka-faults')) await benchFaults();
  beginPart('stores');
  if (asked.includes('stores')) await benchStores();
  if (given.includes('--write')) writePage(machine());
}

function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown CPU';
  const memory = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, Node ${process.versions.node}, ${type()}, ${cpus().length} x ${model}, ${memory} GB`;
}

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
});
