import { ELASTICSEARCH_SERVICES } from './elasticsearch/services';
import { HBASE_SERVICES } from './hbase/services';
import { HDFS_SERVICES } from './hdfs/services';
import { KAFKA_SERVICES } from './kafka/services';
import { launch } from './launch';
import { alive, folderOf, freshFolder, note, started, stop } from './running';
import type { Address, Service } from './service';
import { SPARK_SERVICES } from './spark/services';
import { missingTools } from './tools';
import { YARN_SERVICES } from './yarn/services';

const SERVICES: readonly Service[] = [
  ...KAFKA_SERVICES,
  ...HBASE_SERVICES,
  ...HDFS_SERVICES,
  ...ELASTICSEARCH_SERVICES,
  ...SPARK_SERVICES,
  ...YARN_SERVICES,
];

/** Tests of several services at once. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  pipeline: ['kafka', 'hbase', 'hdfs', 'elasticsearch'],
  spark: ['spark', 'kafka'],
};

const USAGE = `npm run services -- <names>   starts real servers, empty, on this machine, and prints their addresses
npm run services -- status    says which are running
npm run services -- stop      ends them, or those named after it, and removes their data
Names: ${SERVICES.map(({ name, about }) => `\n  ${name.padEnd(17)} ${about}`).join('')}`;

async function main([first, ...rest]: readonly string[]): Promise<void> {
  switch (first) {
    case undefined:
      console.log(USAGE);
      break;
    case 'status':
      status();
      break;
    case 'stop':
      await stopAll(rest);
      break;
    case 'fetch':
      bring(servicesOfTests(rest));
      break;
    default:
      await start([first, ...rest]);
  }
}

async function start(names: readonly string[]): Promise<void> {
  const services = names.map(serviceOf);
  bring(services);
  for (const service of services) {
    const known = started().find(({ name }) => name === service.name);
    if (known !== undefined && alive(known).length > 0) {
      console.log(`${service.name} is running already.`);
      print(known.addresses);
      continue;
    }
    const began = Date.now();
    console.log(`Starting ${service.name}: ${service.about} …`);
    const plan = await service.configure(freshFolder(service.name));
    const processes = await launch(plan, true);
    const pids = processes.map(({ name, pid = 0 }) => ({ name, pid }));
    note({ name: service.name, processes: pids, addresses: plan.addresses });
    console.log(`${service.name} is running (${((Date.now() - began) / 1000).toFixed(1)} s).`);
    print([...plan.addresses, { label: 'logs', value: `${plan.folder}/*.log` }]);
  }
  console.log('npm run services -- stop ends them.');
}

function bring(services: readonly Service[]): void {
  const missing = missingTools(services.flatMap(({ needs }) => needs));
  if (missing.length > 0) throw new Error(missing.join('\n'));
  for (const service of services) service.fetch();
}

function status(): void {
  const all = started();
  if (all.length === 0) console.log('No service was started.');
  for (const each of all) {
    const left = alive(each).length;
    const words = left === each.processes.length ? 'running' : left === 0 ? 'ended' : 'partly ended';
    console.log(`${each.name}: ${words}; its logs are in ${folderOf(each.name)}`);
    if (left > 0) print(each.addresses);
  }
}

async function stopAll(names: readonly string[]): Promise<void> {
  const wanted = names.map((name) => serviceOf(name).name);
  const chosen = started().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (chosen.length === 0) console.log('There is nothing to stop.');
  for (const each of chosen) {
    await stop(each);
    console.log(`${each.name} is stopped.`);
  }
}

/** The services, with all their variants, that the tests in these folders of `test/services` need. */
function servicesOfTests(folders: readonly string[]): Service[] {
  const wanted = new Set(folders.flatMap((folder) => TOGETHER[folder] ?? [folder]));
  return SERVICES.filter(({ name }) => wanted.has(name.split(':')[0] ?? ''));
}

function serviceOf(name: string): Service {
  const found = SERVICES.find((each) => each.name === name);
  if (found === undefined)
    throw new Error(`There is no service "${name}"; choose of ${SERVICES.map((each) => each.name).join(', ')}.`);
  return found;
}

function print(addresses: readonly Address[]): void {
  for (const { label, value } of addresses) console.log(`  ${label.padEnd(15)} ${value}`);
}

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
});
