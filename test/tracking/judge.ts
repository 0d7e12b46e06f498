import type { TrackingCase } from './case';
import { RECORDS, idOf } from './flow';
import type { Found } from './look';

/** What is wrong with what became of a case's records: nothing, if all is as it was declared. */
export function judge({ name, expect }: TrackingCase, found: Found): string[] {
  const wrong: string[] = [];
  const finished = expect.kind === 'unfinished' ? 0 : RECORDS;
  if (found.finished !== finished) wrong.push(`${found.finished} records are finished, not ${finished}`);
  const lost: string[] = [];
  const doubled: string[] = [];
  const apart: string[] = [];
  for (let n = 0; n < RECORDS; n++) {
    const id = idOf(name, n);
    const [counted, out, dead] = [found.counted, found.out, found.dead].map((map) => map.get(id) ?? 0) as [
      number,
      number,
      number,
    ];
    if (counted !== out) apart.push(`${id}: counted ${counted}, written ${out}`);
    const [least, most] = expected(expect, n, dead);
    if (out < least || (out === 0 && dead === 0 && most === 1 && least === 1)) lost.push(id);
    if (out > most || dead > 1 || (dead > 0 && !mayBeDead(expect, n))) doubled.push(`${id} (${out}, dead ${dead})`);
    if (expect.kind === 'exactly' && expect.dead?.(n) === true && dead !== 1) lost.push(`${id} as a dead letter`);
  }
  const show = (what: string, ids: string[]): void => {
    if (ids.length > 0) wrong.push(`${ids.length} ${what}: ${ids.slice(0, 4).join(', ')}`);
  };
  show('lost', lost);
  show('too often', doubled);
  show('not the same in window and topic', apart);
  return wrong;
}

/** How often a record may be counted, at least and at most. */
function expected(expect: TrackingCase['expect'], n: number, dead: number): [number, number] {
  switch (expect.kind) {
    case 'exactly': {
      const times = expect.dead?.(n) === true ? 0 : (expect.times?.(n) ?? 1);
      return [times, times];
    }
    case 'counted or dead':
      return expect.dead(n) || dead > 0 ? [0, 0] : [1, 1];
    case 'at most once':
      return [0, 1];
    case 'unfinished':
      return [0, 0];
  }
}

function mayBeDead(expect: TrackingCase['expect'], n: number): boolean {
  if (expect.kind === 'counted or dead') return true;
  return expect.kind === 'exactly' && expect.dead?.(n) === true;
}
