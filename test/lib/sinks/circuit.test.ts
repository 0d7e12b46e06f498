import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { StoreError, StoreUnavailableError } from '../../../lib/core/errors';
import { Circuit, type CircuitStatus } from '../../../lib/sinks/circuit';
import { ManualClock } from './manualClock';

const away = new StoreUnavailableError('Nobody listens there.');

function setUp(random = 0.5): { circuit: Circuit; clock: ManualClock; probes: number[]; told: CircuitStatus[] } {
  const clock = new ManualClock(1_000);
  const probes: number[] = [];
  const told: CircuitStatus[] = [];
  const circuit = new Circuit({
    probe: () => probes.push(clock.now()),
    onChange: (status) => told.push(status),
    retry: { retries: 0, base: 100, longest: 1_000 },
    random: () => random,
    clock,
  });
  return { circuit, clock, probes, told };
}

describe('circuit', () => {
  it('stays closed at a failure that is followed by an answer', () => {
    const { circuit, clock, told } = setUp();
    for (let hiccup = 0; hiccup < 5; hiccup++) {
      assert.equal(circuit.failed(away), 50);
      assert.ok(circuit.closed);
      circuit.succeeded();
    }
    assert.deepEqual([told, clock.pending], [[], []]);
  });

  it('opens at the second failure in a row, and says since when and why', async () => {
    const { circuit, clock, told } = setUp();
    circuit.failed(away);
    await clock.pass(50);
    circuit.failed(away);
    assert.deepEqual(circuit.status(), { state: 'open', since: 1_000, reason: 'Nobody listens there.' });
    assert.deepEqual(told, [circuit.status()]);
  });

  it('probes once at a time, after pauses that grow up to the longest', async () => {
    const { circuit, clock, probes } = setUp();
    circuit.failed(away);
    circuit.failed(away);
    const pauses: number[] = [];
    for (let probe = 1; probe <= 6; probe++) {
      pauses.push(...clock.pending);
      await clock.pass(clock.pending[0] ?? 0);
      assert.equal(probes.length, probe);
      assert.equal(circuit.state, 'half-open');
      await clock.pass(60_000);
      assert.equal(probes.length, probe, 'a second one while the first is under way');
      circuit.failed(away);
    }
    assert.deepEqual(pauses, [100, 200, 400, 500, 500, 500]);
    assert.equal(circuit.status().since, 1_000);
  });

  it('closes when a probe is answered, and begins anew with short pauses', async () => {
    const { circuit, clock, told } = setUp();
    for (let failure = 0; failure < 2; failure++) circuit.failed(away);
    await clock.pass(100);
    circuit.failed(away);
    await clock.pass(200);
    circuit.succeeded();
    assert.deepEqual(circuit.status(), { state: 'closed', since: undefined, reason: undefined });
    assert.deepEqual(
      told.map(({ state }) => state),
      ['open', 'open', 'closed'],
    );
    assert.equal(circuit.failed(away), 50);
  });

  it('closes when a request that was under way is answered after all', () => {
    const { circuit, clock } = setUp();
    for (let failure = 0; failure < 2; failure++) circuit.failed(away);
    circuit.succeeded();
    assert.ok(circuit.closed);
    assert.deepEqual(clock.pending, []);
  });

  it('does not put a probe off for failures of requests that were under way', () => {
    const { circuit, clock, told } = setUp();
    for (let failure = 0; failure < 6; failure++) circuit.failed(away);
    assert.deepEqual([clock.pending, told.length], [[100], 1]);
  });

  for (const [asked, expected] of [
    [20, 100],
    [7_000, 7_000],
    [86_400_000, 300_000],
  ] as const) {
    it(`waits ${expected} ms where the server asks for ${asked}`, () => {
      const { circuit, clock } = setUp();
      circuit.failed(away);
      circuit.failed(new StoreUnavailableError('Not now.', { retryAfter: asked }));
      assert.deepEqual(clock.pending, [expected]);
    });
  }

  it('probes no more once it is stopped', async () => {
    const { circuit, clock, probes } = setUp();
    for (let failure = 0; failure < 2; failure++) circuit.failed(new StoreError('gone'));
    circuit.stop();
    await clock.pass(60_000);
    assert.deepEqual(probes, []);
  });
});
