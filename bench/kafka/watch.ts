import type { Lane, LaneOptions } from '../../lib/delivery/lane';
import { Ledger } from '../../lib/delivery/ledger';
import type { Taken } from '../measure';
import { Stopwatch } from './client';

/** Stopwatches for groups of a Node-RED that reads from Kafka, by the name of the group. */
const groups = new Map<string, Group>();
let watching = false;

interface Group {
  readonly watch: Stopwatch;
  /** The committed offset of each of its partitions. */
  readonly positions: Map<string, number>;
}

/** From when the group's first partition is opened until so many records are committed. */
export function watchGroup(name: string, records: number): void {
  groups.set(name, { watch: new Stopwatch(records), positions: new Map() });
  if (!watching) watchLanes();
  watching = true;
}

export function takenBy(name: string): Promise<Taken> {
  const group = groups.get(name);
  return group === undefined ? Promise.reject(new Error(`Group ${name} is not watched.`)) : group.watch.taken();
}

// From within: looking at the store from outside would take as much of the processor as the flow does.
function watchLanes(): void {
  const { prototype } = Ledger;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own ledger below
  const open = prototype.lane;
  const watched = function (this: Ledger, options: LaneOptions<unknown>): Lane<unknown> {
    const [kind, , name = ''] = options.name.split('/');
    const group = kind === 'kafka' ? groups.get(name) : undefined;
    if (group === undefined) return open.call(this, options);
    if (group.positions.size === 0) group.watch.start();
    group.positions.set(options.name, 0);
    const committed = (position: unknown): void => {
      options.committed?.(position);
      const before = group.positions.get(options.name) ?? 0;
      group.positions.set(options.name, Number(position));
      group.watch.count(Number(position) - before);
    };
    return open.call(this, { ...options, committed });
  };
  prototype.lane = watched;
}
